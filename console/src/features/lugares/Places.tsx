// The places: as a table and on the map, one selection in the address, each beside them in a drawer.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Building2, FolderTree, List, Map as MapIcon, MapPin, MapPinOff, Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { useActions } from "~/app/actions";
import { Page } from "~/app/frame/Page";
import type { Pin } from "~/app/map/MapView";
import { useMay } from "~/app/session";
import { Button, Chip, type Column, EmptyState, Finder, Status, Table, useNarrow } from "~/ui";
import { PlaceDrawer } from "./PlaceDrawer";
import { addressOf } from "./place";
import { type Poi, poiQuery, poisQuery } from "./queries";
import type { PlacesSearch } from "./search";
import "./lugares.css";

const MapView = lazy(() => import("~/app/map/MapView"));
const route = getRouteApi("/lugares");

export function Places() {
    const { t } = useLingui();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const narrow = useNarrow();
    const mayManage = useMay("manage_pois");
    const pages = useSuspenseInfiniteQuery(poisQuery({ q: search.q, padre: search.padre }));
    const parent = useQuery({ ...poiQuery(search.padre ?? ""), enabled: search.padre !== undefined });
    const rows = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
    const go = useCallback((change: Partial<PlacesSearch>) => void navigate({ search: (before: PlacesSearch) => ({ ...before, ...change }) }), [navigate]);
    const open = useCallback((poi: Poi) => go({ lugar: poi.id, editar: undefined }), [go]);
    useActions([
        ...(mayManage ? [{ id: "place-new", key: "N", label: t`Nuevo lugar`, run: () => go({ lugar: "nuevo", editar: undefined }) }, { id: "place-edit", key: "E", label: t`Editar el lugar abierto`, reason: search.lugar ? undefined : t`Abra antes un lugar.`, run: () => go({ editar: true }) }] : []),
        { id: "search", key: "/", label: t`Buscar lugares`, run: () => document.querySelector<HTMLElement>(".place-search input")?.focus() },
    ]);
    const pins = useMemo(() => rows.flatMap((poi): Pin[] => (poi.place ? [{ ...poi.place, id: poi.id, icon: poi.is_parent ? Building2 : MapPin, family: poi.is_parent ? "working" : "on-phone", text: poi.number, name: `${poi.number} · ${poi.name}` }] : [])), [rows]);
    const areas = useMemo(() => rows.filter((poi) => (poi.polygon ?? []).length > 2).map((poi) => ({ id: poi.id, points: poi.polygon ?? [] })), [rows]);
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    const drawer = search.lugar && <PlaceDrawer key={search.lugar} id={search.lugar} editing={search.editar ?? false} onClose={() => go({ lugar: undefined, editar: undefined })} onEdit={(editar) => go({ editar: editar || undefined })} onSaved={(id) => go({ lugar: id, editar: undefined })} />;
    const map = (
        <Suspense fallback={<div className="map" />}>
            <MapView label={t`Mapa de los lugares`} pins={pins} areas={areas} current={search.lugar} onOpen={(id) => go({ lugar: id, editar: undefined })} />
        </Suspense>
    );
    const showMap = search.vista === "mapa";
    return (
        <Page
            title={t`Lugares`}
            className="places"
            primary={
                mayManage && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ lugar: "nuevo", editar: undefined })}>
                        <Trans>Nuevo lugar</Trans>
                    </Button>
                )
            }
        >
            <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                <div className="place-search">
                    <Finder label={t`Buscar lugares`} placeholder={t`Nombre o número…`} text={search.q ?? ""} onText={(q) => go({ q: q || undefined })} />
                </div>
                {search.padre && <Chip category={t`Dentro de`} value={parent.data?.name ?? "…"} onRemove={() => go({ padre: undefined })} />}
                <span className="grow" />
                {narrow && (
                    <Button small look="quiet" icon={showMap ? List : MapIcon} onPress={() => go({ vista: showMap ? undefined : "mapa" })}>
                        {showMap ? <Trans>Lista</Trans> : <Trans>Mapa</Trans>}
                    </Button>
                )}
            </div>
            <div className="places-body">
                {narrow && drawer ? drawer : narrow && showMap ? map : <PlaceTable rows={rows} current={search.lugar} onOpen={open} onEnd={more} search={search} onClear={() => go({ q: undefined, padre: undefined })} />}
                {!narrow && (
                    <div className="places-side">
                        {map}
                        {drawer}
                    </div>
                )}
            </div>
        </Page>
    );
}

function PlaceTable({ rows, current, onOpen, onEnd, search, onClear }: { rows: Poi[]; current?: string; onOpen: (poi: Poi) => void; onEnd: () => void; search: PlacesSearch; onClear: () => void }) {
    const { t } = useLingui();
    const columns = useMemo(
        (): Column<Poi>[] => [
            { id: "number", header: t`N.º`, width: "minmax(70px,110px)", cell: (poi) => poi.number, text: (poi) => poi.number },
            { id: "name", header: t`Nombre`, width: "minmax(140px,2fr)", cell: (poi) => poi.name, text: (poi) => poi.name },
            { id: "address", header: t`Dirección`, width: "minmax(120px,2fr)", from: 520, cell: addressOf, text: addressOf },
            {
                id: "place",
                header: t`Mapa`,
                width: "120px",
                from: 380,
                cell: (poi) =>
                    poi.place ? (
                        <Status family="past" icon={poi.is_parent ? FolderTree : MapPin}>
                            {poi.is_parent ? <Trans>con sedes</Trans> : <Trans>con punto</Trans>}
                        </Status>
                    ) : (
                        <Status family="wait" icon={MapPinOff}>
                            <Trans>sin punto</Trans>
                        </Status>
                    ),
                text: (poi) => (poi.place ? `${poi.place.latitude}, ${poi.place.longitude}` : ""),
            },
        ],
        [t],
    );
    return (
        <Table
            label={t`Lugares`}
            columns={columns}
            rows={rows}
            rowKey={keyOf}
            rowLabel={(poi) => `${poi.number} ${poi.name}`}
            current={current}
            onOpen={onOpen}
            onEnd={onEnd}
            empty={
                search.q || search.padre ? (
                    <EmptyState title={t`Ningún lugar con este filtro`} acts={<Button onPress={onClear}>{t`Quitar el filtro`}</Button>} />
                ) : (
                    <EmptyState icon={MapPin} title={t`Todavía no hay lugares`}>
                        <Trans>Llegan con «Nuevo lugar», con una importación o del sistema de la empresa.</Trans>
                    </EmptyState>
                )
            }
        />
    );
}

const keyOf = (poi: Poi) => poi.id;
