// What the company's systems called: found by key, method, code, time and words; one is open beside the list.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Activity, CircleCheck, CircleX, RotateCw } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, Chip, type Column, EmptyState, Finder, Select, Status, Table } from "~/ui";
import { CallDrawer } from "./CallDrawer";
import { CallFilterDialog } from "./CallFilterDialog";
import { type Call, callsQuery, keysQuery } from "./queries";
import { asked, CALLS, type CallsSearch } from "./routes";
import { ServicesPage } from "./ServicesPage";

const route = getRouteApi(CALLS);
const ALL = "all";
const refresh = () => void queries.invalidateQueries({ queryKey: ["calls", "list"] });

/** `OK` and what begins with it is what SOAP says of success; REST says it by its status. */
export const failed = (call: Call): boolean => call.status >= 400 || (!!call.code && !call.code.startsWith("OK"));

export function Calls() {
    const { t } = useLingui();
    const format = useFormat();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const mayKeys = useMay("manage_keys");
    const keys = useQuery({ ...keysQuery(), enabled: mayKeys });
    const [filtering, setFiltering] = useState(false);
    const pages = useSuspenseInfiniteQuery(callsQuery(asked(search)));
    const rows = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
    const go = (change: Partial<CallsSearch>, replace = false) => void navigate({ search: (before: CallsSearch) => ({ ...before, ...change }), replace });
    const close = () => {
        go({ llamada: undefined });
        focusRow(search.llamada);
    };
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    const nameOf = (call: Call) => keys.data?.find(({ id }) => id === call.key)?.name ?? call.key.slice(0, 8);
    const took = (call: Call) => `${format.number(call.took_ms < 10 ? Math.round(call.took_ms * 10) / 10 : Math.round(call.took_ms))} ms`;
    const columns: Column<Call>[] = [
        { id: "at", header: t`Cuándo`, width: "minmax(60px,112px)", cell: (call) => format.moment(call.at), text: (call) => call.at },
        { id: "what", header: t`Llamada`, width: "minmax(112px,2fr)", cell: (call) => <><b>{call.method}</b> <span className="dim">{call.path}</span></>, text: (call) => `${call.method} ${call.path}` },
        { id: "result", header: t`Resultado`, width: "minmax(140px,190px)", cell: (call) => <CallResult call={call} />, text: (call) => `${call.status} ${call.code ?? ""}` },
        { id: "key", header: t`Clave`, width: "minmax(90px,150px)", from: 560, cell: nameOf, text: nameOf },
        { id: "took", header: t`Tardó`, width: "84px", numeric: true, from: 660, cell: took, text: (call) => String(call.took_ms) },
        { id: "from", header: t`Desde`, width: "minmax(100px,130px)", from: 780, cell: (call) => call.address ?? "", text: (call) => call.address ?? "" },
    ];
    useActions([
        { id: "calls-refresh", key: "R", label: t`Leer de nuevo las llamadas`, run: refresh },
        { id: "search", key: "/", label: t`Buscar en las llamadas`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    const { llamada, ...filter } = search;
    const filtered = Object.values(filter).some((value) => value !== undefined);
    const none = { clave: undefined, q: undefined, metodo: undefined, codigo: undefined, fallidas: undefined, desde: undefined, hasta: undefined, solicitud: undefined };
    return (
        <ServicesPage>
            <Beside drawer={llamada && <CallDrawer key={llamada} id={llamada} nameOf={nameOf} onClose={close} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <Finder label={t`Buscar en las llamadas`} placeholder={t`Ruta, código, número…`} text={search.q ?? ""} onText={(q) => go({ q: q || undefined }, true)} />
                    {mayKeys && <Select label={t`Clave`} hideLabel options={[{ id: ALL, label: t`Todas las claves` }, ...(keys.data ?? []).map(({ id, name }) => ({ id, label: name }))]} value={search.clave ?? ALL} onChange={(clave) => go({ clave: clave === ALL ? undefined : clave }, true)} />}
                    <Checkbox selected={search.fallidas ?? false} onChange={(on) => go({ fallidas: on || undefined }, true)}>
                        <Trans>Solo fallidas</Trans>
                    </Checkbox>
                    {search.metodo && <Chip category={t`Método`} value={search.metodo} onRemove={() => go({ metodo: undefined })} />}
                    {search.codigo && <Chip category={t`Código`} value={search.codigo} onRemove={() => go({ codigo: undefined })} />}
                    {search.solicitud && <Chip category="x-request-id" value={search.solicitud} onRemove={() => go({ solicitud: undefined })} />}
                    {search.desde && <Chip category={t`Desde`} value={search.desde.replace("T", " ")} onRemove={() => go({ desde: undefined })} />}
                    {search.hasta && <Chip category={t`Hasta`} value={search.hasta.replace("T", " ")} onRemove={() => go({ hasta: undefined })} />}
                    <Button small onPress={() => setFiltering(true)}>
                        <Trans>Más filtros…</Trans>
                    </Button>
                    <span className="grow" />
                    <Button small look="quiet" icon={RotateCw} keyName="R" pending={pages.isRefetching} onPress={refresh}>
                        <Trans>Leer de nuevo</Trans>
                    </Button>
                </div>
                <Table
                    label={t`Llamadas`}
                    columns={columns}
                    rows={rows}
                    rowKey={(call) => call.id}
                    rowLabel={(call) => `${call.method} ${call.path}`}
                    current={llamada}
                    onOpen={(call) => go({ llamada: call.id })}
                    onEnd={more}
                    empty={
                        filtered ? (
                            <EmptyState title={t`Ninguna llamada con estos filtros`} acts={<Button onPress={() => go(none)}>{t`Quitar filtros`}</Button>} />
                        ) : (
                            <EmptyState icon={Activity} title={t`Nadie llamó en los últimos 30 días`}>
                                <Trans>Aquí se ve cada llamada de los sistemas de la empresa por REST y SOAP, con lo que pidió y lo que se le contestó.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
            {filtering && <CallFilterDialog search={search} onClose={() => setFiltering(false)} onFilter={(change) => go(change)} />}
        </ServicesPage>
    );
}

export function CallResult({ call, pill }: { call: Call; pill?: boolean }) {
    const bad = failed(call);
    return (
        <Status family={bad ? "refused" : "past"} icon={bad ? CircleX : CircleCheck} pill={pill}>
            {call.status} {call.code}
        </Status>
    );
}
