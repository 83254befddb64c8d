import { startLoginApp } from './login-app.js';

const { OTP_URL, PORT } = process.env;
const { url } = await startLoginApp({ otpUrl: OTP_URL, host: '0.0.0.0', port: Number(PORT) });
console.log(`the application listens at ${url}`);
