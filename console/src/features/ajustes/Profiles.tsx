// Perfiles de usuarios: what the people of each profile may do, in plain words.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, ShieldCheck } from "lucide-react";
import { useActions } from "~/app/actions";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { Button, type Column, EmptyState, Status, Table } from "~/ui";
import { ProfileDrawer } from "./ProfileDrawer";
import { newSince } from "./newPermissions";
import { type Profile, profilesQuery, usersQuery } from "./queries";

export function Profiles() {
    const { t } = useLingui();
    const { data: profiles } = useSuspenseQuery(profilesQuery());
    const { data: users } = useSuspenseQuery(usersQuery());
    const { abierto } = useSearch({ strict: false });
    const navigate = useNavigate();
    const open = (id?: string) => void navigate({ to: "/ajustes/perfiles", search: id ? { abierto: id } : {} });
    const close = () => {
        open();
        focusRow(abierto);
    };
    const people = (profile: Profile) => users.filter((user) => user.profile === profile.id).length;
    const may = (profile: Profile) => (profile.built_in ? t`Todo` : plural(profile.permissions?.length ?? 0, { one: "# permiso", other: "# permisos" }));
    const columns: Column<Profile>[] = [
        { id: "name", header: t`Perfil`, width: "minmax(140px,1.4fr)", cell: (profile) => profile.name, text: (profile) => profile.name },
        { id: "may", header: t`Permite`, width: "minmax(100px,1fr)", cell: may, text: may },
        { id: "people", header: t`Usuarios`, width: "88px", numeric: true, cell: people, text: (profile) => String(people(profile)) },
        {
            id: "note",
            header: t`Nota`,
            width: "minmax(0,1fr)",
            from: 560,
            cell: (profile) =>
                profile.built_in ? (
                    <Status family="past" icon={ShieldCheck}>
                        <Trans>Viene con Campo</Trans>
                    </Status>
                ) : (
                    profile.state === "disabled" && <span className="dim">{t`Sin acceso`}</span>
                ),
            text: () => "",
        },
    ];
    useActions([{ id: "new", key: "N", label: t`Nuevo perfil`, run: () => open("nuevo") }]);
    const current = profiles.find((profile) => profile.id === abierto);
    const drawer = abierto === "nuevo" || current ? <ProfileDrawer key={abierto} profile={current} users={users.filter((user) => user.profile === current?.id)} fresh={current ? newSince(current) : []} onClose={close} onOpen={open} /> : undefined;
    return (
        <Page
            section={t`Ajustes`}
            title={t`Perfiles de usuarios`}
            className="page-fill"
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => open("nuevo")}>
                    <Trans>Nuevo perfil</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table label={t`Perfiles de usuarios`} columns={columns} rows={profiles} rowKey={(profile) => profile.id} rowLabel={(profile) => profile.name} onOpen={(profile) => open(profile.id)} current={abierto} empty={<EmptyState icon={ShieldCheck} title={t`Todavía no hay perfiles`} />} />
            </Beside>
        </Page>
    );
}
