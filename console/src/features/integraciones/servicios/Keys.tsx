// The keys: which system gets in, what it may do, from where and until when.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Ban, CircleCheck, Hourglass, KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Button, type Column, EmptyState, SecretOnce, Status, Table } from "~/ui";
import { KeyDrawer } from "./KeyDrawer";
import { type Key, keysQuery } from "./queries";
import { KEYS } from "./routes";
import { ServicesPage } from "./ServicesPage";

const route = getRouteApi(KEYS);
const NEW = "nueva";
export type Secrets = { title: string; secrets: { label: string; value: string }[] };

export function Keys() {
    const { t } = useLingui();
    const format = useFormat();
    const { clave } = route.useSearch();
    const navigate = route.useNavigate();
    const keys = useSuspenseQuery(keysQuery()).data;
    const [shown, show] = useState<Secrets | null>(null);
    const open = (id?: string, replace = false) => void navigate({ search: { clave: id }, replace });
    const close = () => {
        open();
        focusRow(clave);
    };
    const may = (key: Key) => plural(key.permissions?.length ?? 0, { 0: "Nada", one: "# permiso", other: "# permisos" });
    const from = (key: Key) => (key.networks?.length ? key.networks.join(", ") : t`Cualquier red`);
    const ends = (key: Key) => (key.expires_at ? format.date(key.expires_at) : t`Nunca`);
    const columns: Column<Key>[] = [
        { id: "name", header: t`Clave`, width: "minmax(120px,1.3fr)", cell: (key) => <b>{key.name}</b>, text: (key) => key.name },
        { id: "state", header: t`Estado`, width: "minmax(110px,132px)", cell: (key) => <KeyState apiKey={key} /> },
        { id: "may", header: t`Permite`, width: "104px", from: 440, cell: may, text: may },
        { id: "login", header: t`Usuario de SOAP`, width: "minmax(100px,1fr)", from: 560, cell: (key) => key.login ?? "—", text: (key) => key.login ?? "" },
        { id: "from", header: t`Desde`, width: "minmax(110px,1fr)", from: 680, cell: from, text: from },
        { id: "ends", header: t`Termina`, width: "112px", from: 800, cell: ends, text: ends },
    ];
    useActions([{ id: "key-new", key: "N", label: t`Nueva clave`, run: () => open(NEW) }]);
    const current = keys.find(({ id }) => id === clave);
    const drawer = clave === NEW || current ? <KeyDrawer key={clave} apiKey={current} onClose={close} onOpen={(id) => open(id, true)} onSecret={show} /> : undefined;
    return (
        <ServicesPage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => open(NEW)}>
                    <Trans>Nueva clave</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Claves`}
                    columns={columns}
                    rows={keys}
                    rowKey={(key) => key.id}
                    rowLabel={(key) => key.name}
                    current={clave}
                    onOpen={(key) => open(key.id)}
                    empty={
                        <EmptyState icon={KeyRound} title={t`Ningún sistema entra todavía`} acts={<Button icon={Plus} onPress={() => open(NEW)}>{t`Nueva clave`}</Button>}>
                            <Trans>Con una clave, otro sistema llama a Campo por REST o SOAP, o intercambia archivos. Cada uno con la suya: así se le puede quitar solo a él.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {shown && <SecretOnce {...shown} onClose={() => show(null)} />}
        </ServicesPage>
    );
}

export const isOver = (key: Key, now = Date.now()): boolean => !!key.expires_at && Date.parse(key.expires_at) <= now;

export function KeyState({ apiKey, pill }: { apiKey: Key; pill?: boolean }) {
    const { t } = useLingui();
    const [family, icon, words] = apiKey.state === "disabled" ? (["refused", Ban, t`Sin acceso`] as const) : isOver(apiKey) ? (["late", Hourglass, t`Terminada`] as const) : (["past", CircleCheck, t`Con acceso`] as const);
    return (
        <Status family={family} icon={icon} pill={pill}>
            {words}
        </Status>
    );
}
