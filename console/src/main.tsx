import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { language, speak } from "./app/language";
import { resume } from "./app/session";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";

await speak(language());
const place = document.getElementById("console");
if (place) {
    createRoot(place).render(
        <StrictMode>
            <App />
        </StrictMode>,
    );
}
await resume();
