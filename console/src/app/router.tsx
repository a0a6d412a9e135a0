// All pages. Each feature hands in its routes; what only a page needs is loaded with it.
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { pages as ajustes } from "~/features/ajustes/routes";
import { pages as bandeja } from "~/features/bandeja/routes";
import { pages as despacho } from "~/features/despacho/routes";
import { pages as importar } from "~/features/integraciones/importar/routes";
import { pages as lugares } from "~/features/lugares/routes";
import { pages as equipo } from "~/features/equipo/routes";
import { pages as jornadas } from "~/features/jornadas/routes";
import { pages as formularios } from "~/features/formularios/routes";
import { pages as intercambio } from "~/features/integraciones/intercambio/routes";
import { pages as notificaciones } from "~/features/integraciones/notificaciones/routes";
import { pages as servicios } from "~/features/integraciones/servicios/routes";
import { Failed, NotFound } from "./frame/Failed";
import { Frame } from "./frame/Frame";
import { menuFor } from "./menu";
import { rootRoute } from "./root";
import { currentSession } from "./session";

const home = createRoute({
    getParentRoute: () => rootRoute,
    path: "/",
    beforeLoad: () => {
        const session = currentSession();
        const held = "who" in session ? session.who.permissions : [];
        throw redirect({ to: menuFor(held)[0]?.pages[0]?.to ?? "/ajustes/cuenta-propia", replace: true });
    },
});

rootRoute.update({ component: Frame });

export const router = createRouter({
    routeTree: rootRoute.addChildren([
        home,
        ...despacho,
        ...jornadas,
        ...lugares,
        ...equipo,
        ...formularios,
        ...importar,
        ...notificaciones,
        ...intercambio,
        ...servicios,
        ...bandeja,
        ...ajustes,
    ]),
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFound,
    defaultPendingMs: 400,
    scrollRestoration: true,
});

declare module "@tanstack/react-router" {
    interface Register {
        router: typeof router;
    }
}
