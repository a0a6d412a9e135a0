// Places: the customer's points of interest.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { poisQuery } from "./queries";
import { readSearch } from "./search";

const page = lazyPageOf("lugares");

const places = createRoute({
    getParentRoute: () => rootRoute,
    path: "/lugares",
    validateSearch: readSearch,
    beforeLoad: needs("view_pois", "manage_pois"),
    loaderDeps: ({ search: { q, padre } }) => ({ q, padre }),
    loader: ({ deps }) => queries.ensureInfiniteQueryData(poisQuery(deps)),
    component: page(() => import("./Places"), "Places"),
});

export const pages = [places];
