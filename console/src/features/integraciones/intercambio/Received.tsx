// The files that came: how far each is, and the ones that wait for a person.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FolderInput, RotateCw } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, Note, Select, Status, Table } from "~/ui";
import { ExchangePage } from "./ExchangePage";
import { intakesQuery, type Received, receivedQuery } from "./queries";
import { ReceivedDrawer } from "./ReceivedDrawer";
import { RECEIVED, type ReceivedSearch } from "./routes";
import { RECEIVED_STATES, receivedFace, wayLabel } from "./words";

const route = getRouteApi(RECEIVED);
const ALL = "all";
const refresh = () => void queries.invalidateQueries({ queryKey: ["received"] });

export function ReceivedFiles() {
    const { t } = useLingui();
    const format = useFormat();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const intakes = useQuery({ ...intakesQuery(), enabled: useMay("manage_exchange") }).data;
    const parked = useInfiniteQuery(receivedQuery({ state: "parked", intake: undefined })).data?.pages[0]?.items.length ?? 0;
    const pages = useSuspenseInfiniteQuery(receivedQuery({ state: search.estado, intake: search.entrada }));
    const rows = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
    const go = (change: Partial<ReceivedSearch>, replace = false) => void navigate({ search: (before: ReceivedSearch) => ({ ...before, ...change }), replace });
    const close = () => {
        go({ archivo: undefined });
        focusRow(search.archivo);
    };
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    const intakeOf = (file: Received) => intakes?.find(({ id }) => id === file.intake)?.name ?? "—";
    const at = (file: Received) => format.moment(file.received_at);
    const path = (file: Received) => [file.folder, file.name].filter(Boolean).join("/");
    const columns: Column<Received>[] = [
        { id: "name", header: t`Archivo`, width: "minmax(140px,2fr)", cell: (file) => <b>{file.name}</b>, text: path },
        { id: "state", header: t`Estado`, width: "minmax(150px,1fr)", cell: (file) => <FileStatus file={file} />, text: (file) => receivedFace(file.state).words },
        ...(intakes ? [{ id: "intake", header: t`Entrada`, width: "minmax(100px,1fr)", from: 520, cell: intakeOf, text: intakeOf }] : []),
        { id: "at", header: t`Llegó`, width: "118px", from: 440, cell: at, text: (file) => file.received_at },
        { id: "way", header: t`Por`, width: "70px", from: 700, cell: (file) => wayLabel(file.way), text: (file) => wayLabel(file.way) },
        { id: "size", header: t`Tamaño`, width: "84px", numeric: true, from: 760, cell: (file) => format.bytes(file.size_bytes), text: (file) => String(file.size_bytes) },
    ];
    useActions([{ id: "received-refresh", key: "R", label: t`Leer de nuevo los archivos`, run: refresh }]);
    const current = rows.find(({ id }) => id === search.archivo);
    const filtered = search.estado !== undefined || search.entrada !== undefined;
    return (
        <ExchangePage>
            <Beside drawer={current && <ReceivedDrawer key={current.id} file={current} intake={intakes?.find(({ id }) => id === current.intake)} onClose={close} />}>
                {parked > 0 && search.estado !== "parked" && (
                    <Note kind="late">
                        {plural(parked, { one: "# archivo espera por usted, y los que siguen en su entrada también.", other: "# archivos esperan por usted, y los que siguen en sus entradas también." })}{" "}
                        <button type="button" className="link-button" onClick={() => go({ estado: "parked", archivo: undefined })}>
                            <Trans>Verlos</Trans>
                        </button>
                    </Note>
                )}
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <Select label={t`Estado`} hideLabel options={[{ id: ALL, label: t`Todos los estados` }, ...RECEIVED_STATES.map((state) => ({ id: state, label: receivedFace(state).words }))]} value={search.estado ?? ALL} onChange={(estado) => go({ estado: estado === ALL ? undefined : estado }, true)} />
                    {intakes && <Select label={t`Entrada`} hideLabel options={[{ id: ALL, label: t`Todas las entradas` }, ...intakes.map(({ id, name }) => ({ id, label: name }))]} value={search.entrada ?? ALL} onChange={(entrada) => go({ entrada: entrada === ALL ? undefined : entrada }, true)} />}
                    <span className="grow" />
                    <Button small look="quiet" icon={RotateCw} keyName="R" pending={pages.isRefetching} onPress={refresh}>
                        <Trans>Leer de nuevo</Trans>
                    </Button>
                </div>
                <Table
                    label={t`Archivos recibidos`}
                    columns={columns}
                    rows={rows}
                    rowKey={(file) => file.id}
                    rowLabel={(file) => file.name}
                    current={search.archivo}
                    onOpen={(file) => go({ archivo: file.id })}
                    onEnd={more}
                    empty={
                        filtered ? (
                            <EmptyState title={t`Ningún archivo con estos filtros`} acts={<Button onPress={() => go({ estado: undefined, entrada: undefined })}>{t`Quitar filtros`}</Button>} />
                        ) : (
                            <EmptyState icon={FolderInput} title={t`Todavía no llegó ningún archivo`}>
                                <Trans>Cuando el sistema de la empresa deja un archivo en su carpeta «in», aparece aquí y lo toma la entrada cuya carpeta y nombre coinciden.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </ExchangePage>
    );
}

export function FileStatus({ file, pill }: { file: Received; pill?: boolean }) {
    const { family, icon, words } = receivedFace(file.state);
    return (
        <Status family={family} icon={icon} pill={pill}>
            {words}
        </Status>
    );
}
