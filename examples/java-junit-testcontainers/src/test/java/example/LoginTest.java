package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

@Testcontainers
class LoginTest {
  // One service for the class. Each test gets it reset.
  @Container
  static final GenericContainer<?> SERVICE =
      new GenericContainer<>(DockerImageName.parse("otp-service:latest"))
          .withExposedPorts(8080)
          .waitingFor(Wait.forHttp("/readyz"));

  static OtpService otp;
  static Login login;

  @BeforeAll
  static void connect() {
    otp = new OtpService("http://%s:%d".formatted(SERVICE.getHost(), SERVICE.getMappedPort(8080)));
    login = new Login(otp.url);
  }

  @BeforeEach
  void reset() throws Exception {
    otp.reset();
  }

  @Test
  void theCodeLogsInOnce() throws Exception {
    login.sendCode("+15550001");
    var code = otp.waitForCode("+15550001");
    assertEquals("Welcome, +15550001", login.enter("+15550001", code));
    assertEquals("Wrong code", login.enter("+15550001", code));
  }

  @Test
  void aCodeIsGoodForFiveMinutesAndTheTestDoesNotWaitForThem() throws Exception {
    login.sendCode("+15550001");
    var code = otp.waitForCode("+15550001");
    otp.advanceClock(300);
    assertEquals("Your code has expired", login.enter("+15550001", code));
  }

  @Test
  void aProviderThatFailsOnceDoesNotBreakTheLogin() throws Exception {
    otp.setFaults("[{\"on\":\"request\",\"times\":1,\"status\":503}]");
    assertFalse(login.sendCode("+15550001"));
    assertTrue(login.sendCode("+15550001"));
  }
}
