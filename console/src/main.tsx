import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refusal } from "./api/problem";
import { App } from "./app/App";
import { language, speak } from "./app/language";
import { NotAllowed } from "./app/root";
import { resume } from "./app/session";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";

await speak(language());
const place = document.getElementById("console");
if (place) {
    createRoot(place, {
        // What stands in place of the page says it already.
        onCaughtError: (error) => {
            if (!(error instanceof NotAllowed) && !(error instanceof Refusal)) console.error(error);
        },
    }).render(
        <StrictMode>
            <App />
        </StrictMode>,
    );
}
await resume();
