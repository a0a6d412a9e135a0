// How a request says who asks. The only file that knows; the pages know `useSession` alone.

type Listener = () => void;

// A bearer secret, in this page's memory alone: no script of another page and no file of the browser can hold it.
let token: string | null = null;
const listeners = new Set<Listener>();

export function identify(request: Request): void {
    if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
}

export function setToken(next: string | null): void {
    token = next;
}

/** Whether asking the server who one is can have an answer other than "nobody". */
export const mayBeSignedIn = () => token !== null;

/** A request was answered 401: the session ended while the page was open. */
export function sessionEnded(): void {
    for (const listener of listeners) listener();
}

export function onSessionEnded(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}
