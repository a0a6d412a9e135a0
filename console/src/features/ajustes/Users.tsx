// The people who work in the console: who they are, which profile they have, and a way in for those who lost theirs.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ban, CircleCheck, UserPlus, UserRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useActions } from "~/app/actions";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, SecretOnce, Status, Table } from "~/ui";
import { type User, profilesQuery, usersQuery } from "./queries";
import { UserDrawer } from "./UserDrawer";

export function Users() {
    const { t } = useLingui();
    const { data: users } = useSuspenseQuery(usersQuery());
    const { data: profiles } = useSuspenseQuery(profilesQuery());
    const { abierto } = useSearch({ strict: false });
    const navigate = useNavigate();
    const [words, setWords] = useState("");
    const [secret, setSecret] = useState<{ login: string; password: string } | null>(null);
    const open = (id?: string) => void navigate({ to: "/ajustes/usuarios", search: id ? { abierto: id } : {} });
    const close = () => {
        open();
        focusRow(abierto);
    };
    const rows = useMemo(() => users.filter((user) => folded(`${user.name} ${user.login} ${user.code}`).includes(folded(words))), [users, words]);
    const nameOf = (user: User) => profiles.find((profile) => profile.id === user.profile)?.name ?? "";
    const columns: Column<User>[] = [
        { id: "name", header: t`Nombre`, width: "minmax(140px,1.2fr)", cell: (user) => user.name, text: (user) => user.name },
        { id: "login", header: t`Usuario`, width: "minmax(140px,1.2fr)", from: 420, cell: (user) => <span className="dim">{user.login}</span>, text: (user) => user.login },
        { id: "profile", header: t`Perfil`, width: "minmax(110px,1fr)", cell: nameOf, text: nameOf },
        { id: "state", header: t`Estado`, width: "120px", from: 520, cell: (user) => <UserState user={user} />, text: (user) => (user.state === "disabled" ? t`Sin acceso` : t`Con acceso`) },
    ];
    useActions([{ id: "new", key: "N", label: t`Nuevo usuario`, run: () => open("nuevo") }]);
    const current = abierto === "nuevo" ? undefined : users.find((user) => user.id === abierto);
    const drawer = abierto === "nuevo" || current ? <UserDrawer key={abierto} user={current} profiles={profiles} onClose={close} onOpen={open} onSecret={setSecret} /> : undefined;
    return (
        <Page
            section={t`Ajustes`}
            title={t`Usuarios`}
            className="page-fill"
            primary={
                <Button look="primary" icon={UserPlus} keyName="N" onPress={() => open("nuevo")}>
                    <Trans>Nuevo usuario</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <div className="toolbar">
                    <SearchField label={t`Buscar por nombre o usuario`} value={words} onChange={setWords} />
                    <span className="count-words">{t`${rows.length} de ${users.length}`}</span>
                </div>
                <Table
                    label={t`Usuarios`}
                    columns={columns}
                    rows={rows}
                    rowKey={(user) => user.id}
                    rowLabel={(user) => user.name}
                    onOpen={(user) => open(user.id)}
                    current={abierto}
                    empty={
                        <EmptyState icon={UserRound} title={t`Nadie se llama así`} acts={<Button onPress={() => setWords("")}>{t`Quitar la búsqueda`}</Button>}>
                            <Trans>Hay {users.length} usuarios; la búsqueda los oculta.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {secret && (
                <SecretOnce
                    title={t`Contraseña para entrar la primera vez`}
                    secrets={[
                        { label: t`Usuario`, value: secret.login },
                        { label: t`Contraseña`, value: secret.password },
                    ]}
                    onClose={() => setSecret(null)}
                />
            )}
        </Page>
    );
}

function UserState({ user }: { user: User }) {
    return user.state === "disabled" ? (
        <Status family="withdrawn" icon={Ban}>
            <Trans>Sin acceso</Trans>
        </Status>
    ) : (
        <Status family="past" icon={CircleCheck}>
            <Trans>Con acceso</Trans>
        </Status>
    );
}
