// What holds for the company: its account, by which rules working time is cut, on which days nobody works.
import { queryOptions } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type Schemas, answer, api, everyPage } from "~/api/client";
import { Refusal } from "~/api/problem";
import { employeesQuery, groupsQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { may } from "~/app/session";

export type Account = Schemas["OwnAccount"] & { version: number };
export type Rules = Schemas["KeptWorkingTimeRules"];
export type Days = Schemas["KeptNonWorkingDays"];

/** The version of the account is in the `ETag` alone. */
export async function readAccount(asked: Promise<{ data?: Schemas["OwnAccount"]; error?: unknown; response: Response }>): Promise<Account> {
    const kept = asked.then((one) => one);
    const account = await answer(kept);
    const version = Number((await kept).response.headers.get("etag")?.replaceAll('"', ""));
    if (!Number.isFinite(version)) throw new Refusal({ type: "about:blank", code: "unreadable", status: 0, title: "", detail: "ETag" });
    return { ...account, version };
}

export const accountQuery = () => queryOptions({ queryKey: ["account"], queryFn: ({ signal }) => readAccount(api.GET("/v1/account", { signal })) });

export const rulesQuery = () =>
    queryOptions({
        queryKey: ["timesheets", "rules"],
        queryFn: ({ signal }) => everyPage<Rules>((after) => answer(api.GET("/v1/working-time-rules", { params: { query: { after, limit: 500 } }, signal }))),
    });

export const daysQuery = () =>
    queryOptions({
        queryKey: ["employees", "days"],
        queryFn: ({ signal }) => everyPage<Days>((after) => answer(api.GET("/v1/non-working-days", { params: { query: { after, limit: 500 } }, signal }))),
    });

const opened = (search: Record<string, unknown>): { abierto?: string } => (typeof search.abierto === "string" ? { abierto: search.abierto } : {});
const people = () => (may("view_employees") ? Promise.all([queries.ensureQueryData(groupsQuery()), queries.ensureQueryData(employeesQuery())]) : undefined);

const account = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/cuenta",
    beforeLoad: needs("manage_account"),
    loader: () => queries.ensureQueryData(accountQuery()),
    component: lazyRouteComponent(() => import("./AccountPage"), "AccountPage"),
});

const rules = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/reglas",
    validateSearch: opened,
    beforeLoad: needs("view_timesheets"),
    loader: () => Promise.all([queries.ensureQueryData(rulesQuery()), people()]),
    component: lazyRouteComponent(() => import("./RulesPage"), "RulesPage"),
});

const days = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/dias",
    validateSearch: opened,
    beforeLoad: needs("view_employees"),
    loader: () => Promise.all([queries.ensureQueryData(daysQuery()), people()]),
    component: lazyRouteComponent(() => import("./DaysPage"), "DaysPage"),
});

export const companyPages = [account, rules, days];
