throw new Error(
  'mock-otp-service is a library on Bun alone. From Node, start it with `npx mock-otp-service` and call it over HTTP.',
);
