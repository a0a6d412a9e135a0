// What every page before the work shares: the drawing, the name, the title of the window.
import { type ReactNode, useEffect } from "react";
import { Mark } from "../frame/Mark";
import { Land } from "./Land";
import "./sign-in.css";

/** `words` stand in the drawing, `foot` below the page. */
export function EntranceFrame({ title, words, children, foot }: { title: string; words?: ReactNode; children: ReactNode; foot: ReactNode }) {
    useEffect(() => {
        document.title = `${title} · Campo`;
    });
    return (
        <main className="login">
            <div className="land">
                <Land />
                {words}
            </div>
            <div className="log">
                <div className="brand">
                    <Mark size={32} />
                    Campo
                </div>
                {children}
                <div className="foot">{foot}</div>
            </div>
        </main>
    );
}
