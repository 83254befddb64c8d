package example;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The calls that a test makes, with the JDK alone. */
final class OtpService {
  private static final Pattern CODE = Pattern.compile("\"code\":\"(\\d+)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  final String url;

  OtpService(String url) {
    this.url = url;
  }

  String waitForCode(String user) throws IOException, InterruptedException {
    var query = "?user=" + URLEncoder.encode(user, StandardCharsets.UTF_8);
    var code = CODE.matcher(call("GET", "/mock/inbox/wait" + query, ""));
    if (!code.find()) throw new IllegalStateException("the message has no code");
    return code.group(1);
  }

  void advanceClock(int seconds) throws IOException, InterruptedException {
    call("POST", "/mock/clock", "{\"advance\":%d}".formatted(seconds));
  }

  /** @param faults a JSON array, as PUT /mock/faults takes it */
  void setFaults(String faults) throws IOException, InterruptedException {
    call("PUT", "/mock/faults", faults);
  }

  void reset() throws IOException, InterruptedException {
    call("POST", "/mock/reset", "{}");
  }

  private String call(String method, String path, String json) throws IOException, InterruptedException {
    var body =
        json.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("content-type", "application/json")
            .method(method, body)
            .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IllegalStateException(response.body());
    return response.body();
  }
}
