// Web services: keys with which other systems get in, what they called, and where they call.
import { createRoute, redirect } from "@tanstack/react-router";
import { instantOf } from "~/app/civil";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { currentSession, may } from "~/app/session";
import { type CallFilter, callsQuery, keysQuery } from "./queries";

const page = lazyPageOf("integraciones");

export const KEYS = "/integraciones/servicios-web/claves";
export const CALLS = "/integraciones/servicios-web/llamadas";
export const ADDRESSES = "/integraciones/servicios-web/direcciones";

export type KeysSearch = { clave?: string };
export type CallsSearch = CallFilter & { llamada?: string };

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value.slice(0, 200) : typeof value === "number" ? String(value) : undefined);
const local = (value: unknown): string | undefined => (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) ? value : undefined);

/** The filter of an address, with its civil times as instants of the account's zone. */
export function asked({ llamada: _, ...filter }: CallsSearch): CallFilter & { from?: string; until?: string } {
    const session = currentSession();
    const zone = "who" in session ? session.who.account.zone : "UTC";
    return { ...filter, from: filter.desde && instantOf(filter.desde, zone), until: filter.hasta && instantOf(filter.hasta, zone) };
}

const entry = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/servicios-web",
    beforeLoad: () => {
        needs("manage_keys", "view_calls")();
        throw redirect({ to: may("manage_keys") ? KEYS : CALLS, replace: true });
    },
});

const keys = createRoute({
    getParentRoute: () => rootRoute,
    path: KEYS,
    validateSearch: (search: Record<string, unknown>): KeysSearch => ({ clave: text(search.clave) }),
    beforeLoad: needs("manage_keys"),
    loader: () => queries.ensureQueryData(keysQuery()),
    component: page(() => import("./Keys"), "Keys"),
});

const calls = createRoute({
    getParentRoute: () => rootRoute,
    path: CALLS,
    validateSearch: (search: Record<string, unknown>): CallsSearch => ({
        clave: text(search.clave),
        q: text(search.q),
        metodo: text(search.metodo),
        codigo: text(search.codigo),
        fallidas: search.fallidas === true || undefined,
        solicitud: text(search.solicitud),
        desde: local(search.desde),
        hasta: local(search.hasta),
        llamada: text(search.llamada),
    }),
    beforeLoad: needs("view_calls"),
    loaderDeps: ({ search: { llamada: _, ...filter } }) => filter,
    loader: ({ deps }) => queries.ensureInfiniteQueryData(callsQuery(asked(deps))),
    component: page(() => import("./Calls"), "Calls"),
});

const addresses = createRoute({
    getParentRoute: () => rootRoute,
    path: ADDRESSES,
    beforeLoad: needs("manage_keys", "view_calls"),
    component: page(() => import("./Addresses"), "Addresses"),
});

export const pages = [entry, keys, calls, addresses];
