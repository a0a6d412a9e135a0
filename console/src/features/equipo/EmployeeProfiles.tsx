// Profiles of employees: what they may capture, with which photos, which breaks, and when their place is recorded.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { IdCard, Plus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { type EmployeeProfile, employeeProfilesQuery, employeesQuery } from "~/app/people";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, Table } from "~/ui";
import { ProfileDrawer } from "./ProfileDrawer";

const route = getRouteApi("/equipo/perfiles");
const NEW = "nuevo";

export function EmployeeProfiles() {
    const { t } = useLingui();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const profiles = useSuspenseQuery(employeeProfilesQuery()).data;
    const employees = useSuspenseQuery(employeesQuery()).data;
    const mayChange = useMay("manage_employees");
    const counts = useMemo(() => new Map(profiles.map(({ id }) => [id, employees.filter((one) => one.profile === id).length])), [profiles, employees]);
    const go = (open?: string, replace = false) => void navigate({ search: { abierto: open }, replace });
    const close = () => {
        go();
        focusRow(abierto);
    };
    useActions(mayChange ? [{ id: "profile-new", key: "N", label: t`Nuevo perfil`, run: () => go(NEW) }] : []);
    const place = { never: t`Nunca`, at_entries: t`Con cada marcación`, during_shift: t`Durante la jornada` };
    const kinds = (profile: EmployeeProfile) => (profile.entry_kinds?.length ? plural(profile.entry_kinds.length, { one: "# cosa", other: "# cosas" }) : t`Todo`);
    const columns: Column<EmployeeProfile>[] = [
        { id: "name", header: t`Perfil`, width: "minmax(140px,2fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "kinds", header: t`Puede registrar`, width: "minmax(100px,1fr)", from: 420, cell: kinds, text: kinds },
        { id: "place", header: t`Ubicación`, width: "minmax(130px,1fr)", from: 620, cell: (one) => (one.location_mode ? place[one.location_mode] : t`Como la cuenta`), text: (one) => (one.location_mode ? place[one.location_mode] : t`Como la cuenta`) },
        { id: "members", header: t`Personas`, width: "88px", numeric: true, cell: (one) => counts.get(one.id), text: (one) => String(counts.get(one.id)) },
    ];
    const current = profiles.find(({ id }) => id === abierto);
    const drawer = abierto === NEW && mayChange ? <ProfileDrawer key={NEW} onClose={close} onSaved={(saved) => go(saved.id, true)} /> : current ? <ProfileDrawer key={current.id} profile={current} onClose={close} onSaved={() => {}} /> : undefined;
    return (
        <Page
            section={t`Equipo`}
            title={t`Perfiles de empleados`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go(NEW)}>
                        <Trans>Nuevo perfil</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Perfiles de empleados`}
                    columns={columns}
                    rows={profiles}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    current={abierto}
                    onOpen={(one) => go(one.id)}
                    empty={
                        <EmptyState icon={IdCard} title={t`Todavía no hay perfiles de empleados`} acts={mayChange && <Button icon={Plus} onPress={() => go(NEW)}>{t`Nuevo perfil`}</Button>}>
                            <Trans>Un perfil dice qué puede registrar quien lo tiene, qué necesita foto, qué pausas hay y cuándo se guarda la ubicación. Sin perfil se puede todo.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}
