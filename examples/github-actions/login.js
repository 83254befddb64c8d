/** The login under test: it sends a user a code, and accepts that code once. Replace it with your own. */
export class Login {
  #otpUrl;

  constructor(otpUrl) {
    this.#otpUrl = otpUrl;
  }

  /** Sends a code. Resolves to false if none can be sent at the moment. */
  async sendCode(user) {
    return (await this.#call('request', { user })).ok;
  }

  /** Resolves to the page that the user sees. */
  async enter(user, code) {
    const { ok, status } = await this.#call('verify', { user, code });
    if (ok) return `Welcome, ${user}`;
    return status === 410 ? 'Your code has expired' : 'Wrong code';
  }

  #call(step, body) {
    return fetch(`${this.#otpUrl}/otp/${step}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
