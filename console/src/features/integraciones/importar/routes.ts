// Import, templates, history of imports: what is open and which step it is at stands in the address.
import { createRoute, notFound } from "@tanstack/react-router";
import { Refusal } from "~/api/problem";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { may } from "~/app/session";
import { runQuery, runsQuery } from "../historial/queries";
import { draftQuery, draftsQuery, fieldsQuery, intakesQuery, templatesQuery } from "./queries";

const page = lazyPageOf("integraciones");

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined);

/** `hace`: what the rows become, as another page asks for it. */
export type StartSearch = { planilla?: string; hace?: string };
export type Step = "columnas" | "vista";
export type DraftSearch = { paso?: Step };
export type TemplatesSearch = { abierta?: string };
export type RunSearch = { resultado?: string; fila?: number };

/** What is not there any more, such as a draft after its days, is told as an address without a page. */
async function there<T>(asked: Promise<T>): Promise<T> {
    try {
        return await asked;
    } catch (error) {
        if (error instanceof Refusal && error.problem.status === 404) throw notFound();
        throw error;
    }
}

const start = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/importar",
    validateSearch: (search: Record<string, unknown>): StartSearch => ({ planilla: text(search.planilla), hace: text(search.hace) }),
    beforeLoad: needs("run_imports"),
    loader: () => Promise.all([queries.ensureInfiniteQueryData(draftsQuery()), queries.ensureQueryData(templatesQuery())]),
    component: page(() => import("./Start"), "Start"),
});

const draft = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/importar/$draft",
    validateSearch: (search: Record<string, unknown>): DraftSearch => ({ paso: search.paso === "vista" ? "vista" : undefined }),
    beforeLoad: needs("run_imports"),
    loader: async ({ params }) => {
        const { makes } = await there(queries.ensureQueryData(draftQuery(params.draft)));
        await Promise.all([queries.ensureQueryData(fieldsQuery(makes)), queries.ensureQueryData(templatesQuery())]);
    },
    component: page(() => import("./DraftPage"), "DraftPage"),
});

const templates = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/planillas",
    validateSearch: (search: Record<string, unknown>): TemplatesSearch => ({ abierta: text(search.abierta) }),
    beforeLoad: needs("run_imports"),
    loader: () => Promise.all([queries.ensureQueryData(templatesQuery()), may("manage_exchange") ? queries.ensureQueryData(intakesQuery()) : undefined]),
    component: page(() => import("../planillas/Templates"), "Templates"),
});

const history = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/historial",
    beforeLoad: needs("run_imports"),
    loader: () => queries.ensureInfiniteQueryData(runsQuery()),
    component: page(() => import("../historial/Runs"), "Runs"),
});

const run = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/historial/$import",
    validateSearch: (search: Record<string, unknown>): RunSearch => ({ resultado: text(search.resultado), fila: typeof search.fila === "number" ? search.fila : undefined }),
    beforeLoad: needs("run_imports"),
    loader: ({ params }) => there(queries.ensureQueryData(runQuery(params.import))),
    component: page(() => import("../historial/RunPage"), "RunPage"),
});

export const pages = [start, draft, templates, history, run];
