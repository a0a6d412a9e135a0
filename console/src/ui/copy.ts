/** Puts a text into the clipboard; false where the browser does not let it. Without TLS it is done as browsers did it before. */
export async function copy(text: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        let done = false;
        const fill = (event: ClipboardEvent) => {
            event.clipboardData?.setData("text/plain", text);
            event.preventDefault();
            done = true;
        };
        document.addEventListener("copy", fill, { once: true, capture: true });
        document.execCommand("copy");
        document.removeEventListener("copy", fill, { capture: true });
        return done;
    }
}
