import { describe, expect } from 'bun:test';
import { join } from 'node:path';
import { $, YAML } from 'bun';
import { readConfig } from '../../src/config.ts';
import { change, kubectlTest, read, rendered, writeSecrets } from './kubectl.ts';
import { Manifests, podOf, serviceIn, valkeyIn } from './manifests.ts';

const root = join(import.meta.dir, '../..');

describe('the plain and the scaled manifests', () => {
  kubectlTest('share one Deployment', async (folder) => {
    const file = Bun.file(join(folder, 'k8s/deployment.yaml'));
    const plain = podOf(new Manifests([YAML.parse(await file.text())]).one('Deployment', ''));
    const scaled = serviceIn(await rendered(folder));
    const { env = [], envFrom: _settings, ...rest } = plain.container;
    expect(scaled.container).toMatchObject(rest);
    expect(scaled.container.env).toEqual(expect.arrayContaining(env));
    expect(scaled.pod).toMatchObject({ ...plain.pod, containers: [rest] });

    await change(folder, 'k8s/deployment.yaml', 'otp-service:latest', 'otp-service:next');
    expect(serviceIn(await rendered(folder)).container.image).toBe('otp-service:next');
  });

  kubectlTest(
    'are separate: `kubectl apply -f k8s/` applies the four plain manifests alone',
    async (folder) => {
      const plain = [
        'configmap/otp-config',
        'deployment.apps/otp-deployment',
        'networkpolicy.networking.k8s.io/otp-service',
        'service/otp-service',
      ];
      expect(await read(join(folder, 'k8s'))).toEqual(plain);
      await $`mv Kustomization kustomization.yaml`.cwd(join(folder, 'k8s'));
      expect(await read(join(folder, 'k8s'))).not.toEqual(plain);
    },
  );

  kubectlTest('make Kubernetes replace exactly the pods whose settings or secrets change', async (folder) => {
    let before = await rendered(folder);
    /** Makes a change. @returns whose pods it replaces */
    const replacedBy = async (change: () => Promise<void>) => {
      await change();
      const after = await rendered(folder);
      const pods = { service: serviceIn, valkey: valkeyIn };
      const replaced = Object.entries(pods).filter(([, of]) => !Bun.deepEquals(of(before), of(after)));
      before = after;
      return replaced.map(([name]) => name);
    };
    const edit = (file: string, from: string, to: string) => () =>
      change(folder, `k8s-scaled/${file}`, from, to);
    expect(await replacedBy(async () => {})).toEqual([]);
    expect(await replacedBy(edit('settings.env', 'LOG_LEVEL=info', 'LOG_LEVEL=debug'))).toEqual(['service']);
    expect(await replacedBy(edit('valkey/valkey.conf', '640mb', '320mb'))).toEqual(['valkey']);
    const [key, password] = [{ OTP_API_KEYS: 'd'.repeat(48) }, { VALKEY_PASSWORD: 'd'.repeat(48) }];
    expect(await replacedBy(() => writeSecrets(folder, key))).toEqual(['service']);
    expect(await replacedBy(() => writeSecrets(folder, { ...key, ...password }))).toEqual([
      'service',
      'valkey',
    ]);
  });

  kubectlTest('hold no secrets: kubectl names the missing file, and git ignores it', async (folder) => {
    for (const file of ['k8s-scaled/secrets.env', 'k8s-scaled/valkey/password.env']) {
      await $`rm ${file}`.cwd(folder);
      await expect(rendered(folder)).rejects.toThrow(file);
      await writeSecrets(folder);
      expect((await $`git check-ignore --quiet ${file}`.cwd(root).nothrow()).exitCode).toBe(0);
    }
  });

  kubectlTest(
    'get secrets that the service accepts from the commands in docs/kubernetes.md',
    async (folder) => {
      const page = await Bun.file(join(root, 'docs/kubernetes.md')).text();
      const commands = page.split('\n').filter((line) => /^KEY=| > k8s-scaled\//.test(line));
      expect(commands).toHaveLength(3);
      await $`rm k8s-scaled/secrets.env k8s-scaled/valkey/password.env`.cwd(folder);
      await $`sh -ec ${commands.join('\n')}`.cwd(folder);
      const all = await rendered(folder);
      const { config, warnings } = readConfig(all.environment(serviceIn(all).container));
      expect(warnings).toEqual([]);
      expect(config.OTP_API_KEYS).toEqual([expect.stringMatching(/^[0-9a-f]{48}$/)]);
      expect(config.OTP_STORE).toMatch(/^redis:\/\/otp:[0-9a-f]{48}@otp-valkey:6379$/);
    },
  );
});
