// The exchange of files: what came, what takes it, what leaves, and who gets in.
import { createRoute, redirect } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { may } from "~/app/session";
import { agentsQuery, exportsQuery, intakesQuery, loginsQuery, receivedQuery, remotesQuery } from "./queries";

const page = lazyPageOf("integraciones");

export const RECEIVED = "/integraciones/intercambio/recibidos";
export const INTAKES = "/integraciones/intercambio/entradas";
export const EXPORTS = "/integraciones/intercambio/exportaciones";
export const LOGINS = "/integraciones/intercambio/accesos";
export const REMOTES = "/integraciones/intercambio/servidores";
export const AGENTS = "/integraciones/intercambio/agentes";

export type ReceivedSearch = { estado?: string; entrada?: string; archivo?: string };
export type OpenSearch = { abierto?: string; editar?: boolean };

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined);
const opened = (search: Record<string, unknown>): OpenSearch => ({ abierto: text(search.abierto), editar: search.editar === true || undefined });

const entry = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/intercambio",
    beforeLoad: () => {
        needs("view_transfers", "manage_exchange", "manage_keys")();
        throw redirect({ to: may("view_transfers") ? RECEIVED : may("manage_exchange") ? INTAKES : LOGINS, replace: true });
    },
});

const received = createRoute({
    getParentRoute: () => rootRoute,
    path: RECEIVED,
    validateSearch: (search: Record<string, unknown>): ReceivedSearch => ({ estado: text(search.estado), entrada: text(search.entrada), archivo: text(search.archivo) }),
    beforeLoad: needs("view_transfers"),
    loaderDeps: ({ search: { estado, entrada } }) => ({ state: estado, intake: entrada }),
    loader: ({ deps }) => queries.ensureInfiniteQueryData(receivedQuery(deps)),
    component: page(() => import("./Received"), "ReceivedFiles"),
});

const intakes = createRoute({
    getParentRoute: () => rootRoute,
    path: INTAKES,
    validateSearch: opened,
    beforeLoad: needs("manage_exchange"),
    loader: () => queries.ensureQueryData(intakesQuery()),
    component: page(() => import("./Intakes"), "Intakes"),
});

const exports = createRoute({
    getParentRoute: () => rootRoute,
    path: EXPORTS,
    validateSearch: opened,
    beforeLoad: needs("manage_exchange"),
    loader: () => queries.ensureQueryData(exportsQuery()),
    component: page(() => import("./Exports"), "Exports"),
});

const logins = createRoute({
    getParentRoute: () => rootRoute,
    path: LOGINS,
    validateSearch: opened,
    beforeLoad: needs("manage_keys"),
    loader: () => queries.ensureQueryData(loginsQuery()),
    component: page(() => import("./Logins"), "Logins"),
});

const remotes = createRoute({
    getParentRoute: () => rootRoute,
    path: REMOTES,
    validateSearch: opened,
    beforeLoad: needs("manage_exchange"),
    loader: () => queries.ensureQueryData(remotesQuery()),
    component: page(() => import("./Remotes"), "Remotes"),
});

const agents = createRoute({
    getParentRoute: () => rootRoute,
    path: AGENTS,
    validateSearch: opened,
    beforeLoad: needs("manage_exchange"),
    loader: () => queries.ensureQueryData(agentsQuery()),
    component: page(() => import("./Agents"), "Agents"),
});

export const pages = [entry, received, intakes, exports, logins, remotes, agents];
