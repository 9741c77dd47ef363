import '@powerrag/exporter/register';
import { observe, updateActiveObservation } from '@powerrag/tracing';

const signIn = observe(
  async (user: string, _password: string) => {
    updateActiveObservation({ input: { user } });
    return { user, token: 'kept out of the record' };
  },
  { name: 'sign-in', captureInput: false, captureOutput: false },
);

await signIn('visitor-1', 'secret');

const resetPassword = observe(async (user: string, _password: string) => ({ user, sentTo: `${user}@example.test` }), {
  name: 'reset-password',
  captureInput: (user) => ({ user }),
  captureOutput: ({ user }) => ({ user }),
});

await resetPassword('visitor-1', 'new secret');
