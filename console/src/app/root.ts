// The route under which every page stands, and what a page says of itself.
import { createRootRoute } from "@tanstack/react-router";
import { type Permission, may } from "./session";

export const rootRoute = createRootRoute();

/** Thrown where a page was opened that needs another permission. */
export class NotAllowed extends Error {
    readonly anyOf: Permission[];
    constructor(anyOf: Permission[]) {
        super(`needs one of ${anyOf.join(", ")}`);
        this.anyOf = anyOf;
    }
}

/** As `beforeLoad` of a page: who holds none of these permissions is told who can give them. */
export const needs =
    (...anyOf: Permission[]) =>
    (): void => {
        if (!may(...anyOf)) throw new NotAllowed(anyOf);
    };
