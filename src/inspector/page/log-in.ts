import { type Api, Refused } from './api.ts';
import { find } from './dom.ts';

export function hideLogIn(): void {
  find('log-in', HTMLFormElement).hidden = true;
}

/** Shows the log-in form until somebody has logged in. @param done called then. */
export function showLogIn(api: Api, done: () => void): void {
  const form = find('log-in', HTMLFormElement);
  const email = find('email', HTMLInputElement);
  const password = find('password', HTMLInputElement);
  const problem = find('log-in-problem', HTMLElement);
  form.hidden = false;
  problem.textContent = '';
  email.focus();

  form.onsubmit = (event) => {
    event.preventDefault();
    api.logIn(email.value, password.value).then(
      () => {
        hideLogIn();
        form.reset();
        done();
      },
      (error: unknown) => {
        problem.textContent = error instanceof Refused ? error.message : 'The server cannot be reached.';
        password.focus();
      },
    );
  };
}
