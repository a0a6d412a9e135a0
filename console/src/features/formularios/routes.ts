// Forms, task types and look-up tables: what is asked in the field, what the fields of a task are called, and what a form
// chooses from.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { formQuery, formsQuery, itemsQuery, typesQuery } from "./queries";

const page = lazyPageOf("formularios");

export const FORM = "/formularios/formularios/$form";
export const NEW_FORM = "nuevo";
export const TABLE = "/formularios/tablas/$table";

export type ListSearch = { abierto?: string; q?: string };

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value.slice(0, 200) : typeof value === "number" ? String(value) : undefined);

const forms = createRoute({
    getParentRoute: () => rootRoute,
    path: "/formularios/formularios",
    validateSearch: (search: Record<string, unknown>): ListSearch => ({ q: text(search.q) }),
    beforeLoad: needs("view_definitions"),
    loader: () => queries.ensureQueryData(formsQuery()),
    component: page(() => import("./Forms"), "Forms"),
});

const form = createRoute({
    getParentRoute: () => rootRoute,
    path: FORM,
    beforeLoad: needs("view_definitions"),
    loader: ({ params }) => (params.form === NEW_FORM ? undefined : queries.ensureQueryData(formQuery(params.form))),
    component: page(() => import("./editor/FormPage"), "FormPage"),
});

const types = createRoute({
    getParentRoute: () => rootRoute,
    path: "/formularios/tipos-de-tarea",
    validateSearch: (search: Record<string, unknown>): ListSearch => ({ abierto: text(search.abierto), q: text(search.q) }),
    beforeLoad: needs("view_definitions"),
    loader: () => Promise.all([queries.ensureQueryData(typesQuery()), queries.ensureQueryData(formsQuery())]),
    component: page(() => import("./tipos/Types"), "Types"),
});

const tables = createRoute({
    getParentRoute: () => rootRoute,
    path: "/formularios/tablas",
    validateSearch: (search: Record<string, unknown>): ListSearch => ({ abierto: text(search.abierto), q: text(search.q) }),
    beforeLoad: needs("view_definitions"),
    loader: () => queries.ensureInfiniteQueryData(itemsQuery()),
    component: page(() => import("./tablas/Tables"), "Tables"),
});

const table = createRoute({
    getParentRoute: () => rootRoute,
    path: TABLE,
    validateSearch: (search: Record<string, unknown>): ListSearch => ({ abierto: text(search.abierto), q: text(search.q) }),
    beforeLoad: needs("view_definitions"),
    loaderDeps: ({ search: { q } }) => ({ q }),
    loader: ({ params, deps }) => queries.ensureInfiniteQueryData(itemsQuery(params.table, deps.q)),
    component: page(() => import("./tablas/TablePage"), "TablePage"),
});

export const pages = [forms, form, types, tables, table];
