import { describe, expect, test } from 'bun:test';
import { mailServer } from '../../../src/delivery/email/smtp-url.ts';

describe('the URL of a mail server', () => {
  test.each([
    [
      'smtp://localhost:1025',
      { host: 'localhost', port: 1_025, secure: false, requireTLS: false, tls: { rejectUnauthorized: true } },
    ],
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587 }],
    ['smtps://mail.example.com', { port: 465, secure: true, requireTLS: false }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
    ['smtp://host/?requireTLS=true', { requireTLS: true }],
    ['smtp://host?tls.rejectUnauthorized=false', { tls: { rejectUnauthorized: false } }],
    ['smtp://us%40er:p%3Ass%25@host', { auth: { user: 'us@er', pass: 'p:ss%' }, requireTLS: true }],
    ['smtp://user:pass@host?requireTLS=false', { requireTLS: false }],
  ])('can be %s', (text, server) => {
    expect(mailServer(text)).toMatchObject(server);
  });

  test('has no credentials if it names none', () => {
    expect(mailServer('smtp://localhost')).not.toHaveProperty('auth');
  });

  test.each([
    '',
    'localhost:1025',
    'http://localhost',
    'smtp://',
    'smtp://user@host',
    'smtp://:pass@host',
    'smtp://us%er:pass@host',
    'smtp://host/path',
    'smtp://host#part',
    'smtp://host?logger=true',
    'smtp://host?requireTLS=yes',
    'smtp://host:99999',
  ])('cannot be %j', (text) => {
    expect(mailServer(text)).toBeUndefined();
  });
});
