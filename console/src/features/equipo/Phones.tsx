// The phones: what was last heard of each, what it holds unsent, who may use it; revoked or stolen when it must be.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { QrCode, Smartphone } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Select, Table } from "~/ui";
import { PhoneDrawer } from "./PhoneDrawer";
import { PhoneState, silentDays } from "./PhoneState";
import { type Installation, installationsQuery } from "./queries";
import type { PhonesSearch } from "./routes";

const route = getRouteApi("/equipo/telefonos");
const ALL = "all";
const SILENT = "silent";

export function Phones() {
    const { t } = useLingui();
    const format = useFormat();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const router = useRouter();
    const all = useSuspenseQuery(installationsQuery()).data;
    const go = (change: Partial<PhonesSearch>, replace = false) => void navigate({ search: (before: PhonesSearch) => ({ ...before, ...change }), replace });
    const enrol = () => void router.navigate({ to: "/equipo/telefonos/inscribir" });
    const rows = useMemo(() => {
        const wanted = folded(search.q ?? "");
        const passes = (one: Installation) => (search.estado === undefined || (search.estado === SILENT ? one.state === "active" && silentDays(one) >= 1 : one.state === search.estado)) && folded(`${one.name} ${one.code} ${one.device.model ?? ""}`).includes(wanted);
        // What needs a person first: active ones of which was heard longest ago.
        const rank = (one: Installation) => (one.state === "active" ? (silentDays(one) >= 1 || one.marks.length > 0 ? 0 : 1) : 2);
        return all.filter(passes).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "es"));
    }, [all, search.q, search.estado]);
    const unsent = (one: Installation) => (one.unsent?.entries ? plural(one.unsent.entries, { one: "# entrada", other: "# entradas" }) + (one.unsent.files ? ` · ${plural(one.unsent.files, { one: "# archivo", other: "# archivos" })}` : "") : one.unsent ? t`Nada` : "—");
    const heard = (one: Installation) => (one.heard_at ? format.moment(one.heard_at) : t`Nunca`);
    const device = (one: Installation) => [one.device.model, one.device.app_version].filter(Boolean).join(" · ");
    const columns: Column<Installation>[] = [
        { id: "name", header: t`Teléfono`, width: "minmax(140px,2fr)", cell: (one) => <b>{one.name || one.code}</b>, text: (one) => one.name || one.code },
        { id: "state", header: t`Estado`, width: "minmax(132px,1fr)", cell: (one) => <PhoneState phone={one} /> },
        { id: "heard", header: t`Última noticia`, width: "minmax(108px,132px)", from: 480, cell: heard, text: heard },
        { id: "unsent", header: t`Por enviar`, width: "minmax(90px,150px)", from: 620, cell: unsent, text: unsent },
        { id: "device", header: t`Modelo y versión`, width: "minmax(110px,1fr)", from: 760, cell: device, text: device },
    ];
    const current = all.find(({ id }) => id === search.abierto);
    const close = () => {
        go({ abierto: undefined });
        focusRow(search.abierto);
    };
    useActions([{ id: "phone-new", key: "N", label: t`Inscribir teléfonos`, run: enrol }]);
    const filtered = search.q !== undefined || search.estado !== undefined;
    return (
        <Page
            section={t`Equipo`}
            title={t`Teléfonos`}
            className="page-fill"
            primary={
                <Button look="primary" icon={QrCode} keyName="N" onPress={enrol}>
                    <Trans>Inscribir teléfonos</Trans>
                </Button>
            }
        >
            <Beside drawer={current && <PhoneDrawer key={current.id} phone={current} onClose={close} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar teléfonos`} value={search.q ?? ""} onChange={(q) => go({ q: q || undefined }, true)} />
                    <Select
                        label={t`Estado`}
                        hideLabel
                        options={[
                            { id: ALL, label: t`Todos los estados` },
                            { id: "active", label: t`Activos` },
                            { id: SILENT, label: t`Sin noticias desde hace un día` },
                            { id: "revoked", label: t`Dados de baja` },
                            { id: "stolen", label: t`Robados` },
                        ]}
                        value={search.estado ?? ALL}
                        onChange={(estado) => go({ estado: estado === ALL ? undefined : estado }, true)}
                    />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# teléfono", other: "# teléfonos" })}</span>
                </div>
                <Table
                    label={t`Teléfonos`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name || one.code}
                    current={search.abierto}
                    onOpen={(one) => go({ abierto: one.id })}
                    empty={
                        filtered ? (
                            <EmptyState title={t`Ningún teléfono con estos filtros`} acts={<Button onPress={() => go({ q: undefined, estado: undefined })}>{t`Quitar filtros`}</Button>}>
                                {plural(all.length, { one: "Hay # teléfono; los filtros lo ocultan.", other: "Hay # teléfonos; los filtros los ocultan." })}
                            </EmptyState>
                        ) : (
                            <EmptyState icon={Smartphone} title={t`Todavía no hay teléfonos`} acts={<Button icon={QrCode} onPress={enrol}>{t`Inscribir teléfonos`}</Button>}>
                                <Trans>Un teléfono se inscribe con un código de un solo uso, que se lee de la pantalla o de una hoja impresa.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
