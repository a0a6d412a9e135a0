// Dispatch: the board, with its filter, its day and its task in the address.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { readSearch } from "./filter";
import { openTasksQuery } from "./queries";

const page = lazyPageOf("despacho");

const board = createRoute({
    getParentRoute: () => rootRoute,
    path: "/tablero",
    validateSearch: readSearch,
    beforeLoad: needs("view_tasks", "manage_tasks"),
    loader: () => queries.ensureQueryData(openTasksQuery()),
    component: page(() => import("./Board"), "Board"),
});

export const pages = [board];
