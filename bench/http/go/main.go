// The two routes on Go's net/http, with a map behind them and nothing else.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

const ttl = 300 * time.Second

type body struct {
	User string `json:"user"`
	Code string `json:"code"`
}

type issued struct {
	code      string
	expiresAt time.Time
}

var (
	mutex sync.Mutex
	codes = map[string]issued{}
)

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

func request(w http.ResponseWriter, r *http.Request) {
	var b body
	if json.NewDecoder(r.Body).Decode(&b) != nil {
		answer(w, 400, map[string]string{"message": "Not JSON"})
		return
	}
	if b.Code == "" {
		n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000))
		b.Code = fmt.Sprintf("%06d", n)
	}
	expiresAt := time.Now().Add(ttl)
	mutex.Lock()
	codes[b.User] = issued{b.Code, expiresAt}
	mutex.Unlock()
	answer(w, 200, map[string]any{"message": "OTP generated successfully", "user": b.User, "purpose": "default",
		"code": b.Code, "expiresIn": 300, "expiresAt": expiresAt.UTC().Format("2006-01-02T15:04:05.000Z")})
}

func verify(w http.ResponseWriter, r *http.Request) {
	var b body
	if json.NewDecoder(r.Body).Decode(&b) != nil {
		answer(w, 400, map[string]string{"message": "Not JSON"})
		return
	}
	mutex.Lock()
	known, found := codes[b.User]
	right := found && known.code == b.Code && time.Now().Before(known.expiresAt)
	if right {
		delete(codes, b.User)
	}
	mutex.Unlock()
	if !right {
		answer(w, 401, map[string]string{"message": "Wrong code"})
		return
	}
	answer(w, 200, map[string]string{"message": "OTP verified successfully", "user": b.User, "purpose": "default"})
}

func main() {
	http.HandleFunc("/otp/request", request)
	http.HandleFunc("/otp/verify", verify)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("{\"url\":\"http://%s\"}\n", listener.Addr())
	panic(http.Serve(listener, nil))
}
