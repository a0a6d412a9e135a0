// A page that is loaded when it is first opened, together with the texts of its feature: it never stands without words.
import { lazyRouteComponent } from "@tanstack/react-router";
import { type Feature, speakOf } from "./language";

export const lazyPageOf =
    (feature: Feature) =>
    <T extends Record<string, unknown>, Name extends keyof T>(load: () => Promise<T>, name: Name) =>
        lazyRouteComponent(async () => (await Promise.all([load(), speakOf(feature)]))[0], name);
