// What is being typed survives reload, an ended session and a restarted server; it is forgotten when it was saved.
import { useCallback, useEffect, useState } from "react";

const PREFIX = "campo.draft.";

export function useDraft<T>(key: string, start: T): [value: T, set: (value: T) => void, forget: () => void] {
    const place = PREFIX + key;
    const [value, setValue] = useState<T>(() => read(place) ?? start);
    useEffect(() => setValue(read(place) ?? start), [place]);
    const set = useCallback(
        (next: T) => {
            setValue(next);
            try {
                sessionStorage.setItem(place, JSON.stringify(next));
            } catch {
                // Nothing is kept where the browser keeps nothing; the page itself still has it.
            }
        },
        [place],
    );
    const forget = useCallback(() => sessionStorage.removeItem(place), [place]);
    return [value, set, forget];
}

function read<T>(place: string): T | undefined {
    try {
        const found = sessionStorage.getItem(place);
        return found === null ? undefined : (JSON.parse(found) as T);
    } catch {
        return undefined;
    }
}
