// How a request says who asks: by a cookie that no script can read, which the browser sends by itself. The only file that
// knows; the pages know `useSession` alone.

type Listener = () => void;

const listeners = new Set<Listener>();

/** What signing in asks for, besides name and password. */
export const AS_BROWSER = { cookie: true } as const;

/** A request was answered 401: the session ended while the page was open. */
export function sessionEnded(): void {
    for (const listener of listeners) listener();
}

export function onSessionEnded(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}
