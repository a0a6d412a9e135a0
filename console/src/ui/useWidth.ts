// How wide a part is at the moment, for what the style sheet alone cannot decide.
import { type RefObject, useEffect, useState } from "react";

/** The inner width of the box in pixels; 0 until it is known. A box that is not always there says when it is. */
export function useWidth(box: RefObject<HTMLElement | null>, isShown = true): number {
    const [width, setWidth] = useState(0);
    useEffect(() => {
        const element = box.current;
        if (!element) return;
        const observer = new ResizeObserver(() => setWidth(element.clientWidth));
        observer.observe(element);
        return () => observer.disconnect();
    }, [box, isShown]);
    return width;
}
