package example;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The login under test: it sends a user a code, and accepts that code once. Replace it with your own. */
public final class Login {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String otpUrl;

  public Login(String otpUrl) {
    this.otpUrl = otpUrl;
  }

  /** Sends a code. Returns false if none can be sent at the moment. */
  public boolean sendCode(String user) throws IOException, InterruptedException {
    return call("request", "{\"user\":\"%s\"}".formatted(user)) == 200;
  }

  /** Returns the page that the user sees. */
  public String enter(String user, String code) throws IOException, InterruptedException {
    return switch (call("verify", "{\"user\":\"%s\",\"code\":\"%s\"}".formatted(user, code))) {
      case 200 -> "Welcome, " + user;
      case 410 -> "Your code has expired";
      default -> "Wrong code";
    };
  }

  private int call(String step, String json) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(otpUrl + "/otp/" + step))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
