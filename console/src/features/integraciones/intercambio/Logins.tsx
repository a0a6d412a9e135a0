// Log-ins to exchange files: which system gets in by SFTP or FTP, from where, and when it did last.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { KeyRound, LockOpen, Plus } from "lucide-react";
import { useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Button, type Column, EmptyState, SecretOnce, Status, Table } from "~/ui";
import { ExchangePage } from "./ExchangePage";
import { LoginDrawer } from "./LoginDrawer";
import { LoginForm } from "./LoginForm";
import { type KeyedLogin, loginsQuery } from "./queries";
import { LOGINS } from "./routes";

const route = getRouteApi(LOGINS);
const NEW = "nuevo";

export const purposesOf = (login: KeyedLogin): string => (login.purposes ?? []).map((purpose) => purpose.toUpperCase()).join(" · ");

export function Logins() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const logins = useSuspenseQuery(loginsQuery()).data;
    const [secret, setSecret] = useState<{ login: string; password: string } | null>(null);
    const open = (id?: string, replace = false) => void navigate({ search: { abierto: id }, replace });
    const close = () => {
        open();
        focusRow(abierto);
    };
    const used = (login: KeyedLogin) => (login.used_at ? format.moment(login.used_at) : t`Nunca`);
    const networks = (login: KeyedLogin) => (login.networks?.length ? login.networks.join(", ") : t`Las de la clave`);
    const columns: Column<KeyedLogin>[] = [
        { id: "login", header: t`Usuario`, width: "minmax(120px,1.2fr)", cell: (login) => <b>{login.login}</b>, text: (login) => login.login },
        { id: "key", header: t`Clave`, width: "minmax(100px,1fr)", from: 420, cell: (login) => login.key.name, text: (login) => login.key.name },
        {
            id: "purposes",
            header: t`Para`,
            width: "minmax(110px,140px)",
            cell: (login) =>
                login.plain_ftp ? (
                    <Status family="late" icon={LockOpen}>
                        <Trans>FTP sin cifrar</Trans>
                    </Status>
                ) : (
                    purposesOf(login)
                ),
            text: purposesOf,
        },
        { id: "networks", header: t`Desde`, width: "minmax(110px,1fr)", from: 640, cell: networks, text: networks },
        { id: "used", header: t`Último uso`, width: "118px", from: 520, cell: used, text: used },
    ];
    useActions([{ id: "login-new", key: "N", label: t`Nuevo acceso`, run: () => open(NEW) }]);
    const current = logins.find(({ id }) => id === abierto);
    const drawer =
        abierto === NEW ? (
            <LoginForm
                onClose={close}
                onMade={(made) => {
                    open(made.id, true);
                    if (made.password) setSecret({ login: made.login, password: made.password });
                }}
            />
        ) : current ? (
            <LoginDrawer key={current.id} login={current} onClose={close} />
        ) : undefined;
    return (
        <ExchangePage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => open(NEW)}>
                    <Trans>Nuevo acceso</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Accesos`}
                    columns={columns}
                    rows={logins}
                    rowKey={(login) => login.id}
                    rowLabel={(login) => login.login}
                    current={abierto}
                    onOpen={(login) => open(login.id)}
                    empty={
                        <EmptyState icon={KeyRound} title={t`Ningún sistema intercambia archivos todavía`} acts={<Button icon={Plus} onPress={() => open(NEW)}>{t`Nuevo acceso`}</Button>}>
                            <Trans>Con un acceso, el sistema de la empresa deja archivos en «in» y recoge los de «out», por SFTP o FTP.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {secret && (
                <SecretOnce
                    title={t`Para intercambiar archivos`}
                    secrets={[
                        { label: t`Usuario`, value: secret.login },
                        { label: t`Contraseña`, value: secret.password },
                    ]}
                    onClose={() => setSecret(null)}
                />
            )}
        </ExchangePage>
    );
}
