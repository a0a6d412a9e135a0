// True while the page is being printed: what is drawn only where one looks is drawn whole then.
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

export function usePrinting(): boolean {
    const [printing, setPrinting] = useState(false);
    useEffect(() => {
        // The browser takes the page as it is when the event is over.
        const before = () => flushSync(() => setPrinting(true));
        const after = () => setPrinting(false);
        addEventListener("beforeprint", before);
        addEventListener("afterprint", after);
        return () => {
            removeEventListener("beforeprint", before);
            removeEventListener("afterprint", after);
        };
    }, []);
    return printing;
}
