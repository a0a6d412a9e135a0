// The employees: found by name, number or group; one is open beside the list.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus, Users } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { type Employee, employeeProfilesQuery, employeesQuery, fullName, groupOptions, groupsQuery, withBelow } from "~/app/people";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Select, Table } from "~/ui";
import { EmployeeDrawer } from "./EmployeeDrawer";
import { EmployeeForm } from "./EmployeeForm";
import type { EmployeesSearch } from "./routes";

const route = getRouteApi("/equipo/empleados");
const ALL = "all";

export function Employees() {
    const { t } = useLingui();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const employees = useSuspenseQuery(employeesQuery()).data;
    const groups = useSuspenseQuery(groupsQuery()).data;
    const profiles = useSuspenseQuery(employeeProfilesQuery()).data;
    const mayChange = useMay("manage_employees");
    const go = (change: Partial<EmployeesSearch>, replace = false) => void navigate({ search: (before: EmployeesSearch) => ({ ...before, ...change }), replace });
    const groupNames = useMemo(() => new Map(groups.map(({ id, name }) => [id, name])), [groups]);
    const profileNames = useMemo(() => new Map(profiles.map(({ id, name }) => [id, name])), [profiles]);
    const rows = useMemo(() => {
        const inside = search.grupo ? withBelow(groups, search.grupo) : undefined;
        const wanted = folded(search.q ?? "");
        return employees.filter((one) => (!inside || inside.has(one.group)) && folded(`${fullName(one)} ${one.number} ${one.phone_number ?? ""}`).includes(wanted));
    }, [employees, groups, search.grupo, search.q]);
    const columns: Column<Employee>[] = [
        { id: "name", header: t`Nombre`, width: "minmax(160px,2fr)", cell: (one) => <b>{fullName(one)}</b>, text: fullName },
        { id: "number", header: t`Número`, width: "minmax(72px,100px)", cell: (one) => one.number, text: (one) => one.number },
        { id: "group", header: t`Grupo`, width: "minmax(110px,1fr)", from: 420, cell: (one) => groupNames.get(one.group) ?? "—", text: (one) => groupNames.get(one.group) ?? "" },
        { id: "profile", header: t`Perfil`, width: "minmax(100px,1fr)", from: 620, cell: (one) => profileNames.get(one.profile ?? "") ?? "—", text: (one) => profileNames.get(one.profile ?? "") ?? "" },
        { id: "phone", header: t`Teléfono`, width: "minmax(110px,140px)", from: 760, cell: (one) => one.phone_number ?? "", text: (one) => one.phone_number ?? "" },
    ];
    const current = employees.find(({ id }) => id === search.persona);
    const close = () => {
        go({ persona: undefined, editar: undefined });
        focusRow(search.persona);
    };
    useActions([
        ...(mayChange ? [{ id: "employee-new", key: "N", label: t`Nuevo empleado`, run: () => go({ persona: "nueva", editar: undefined }) }] : []),
        ...(mayChange && current ? [{ id: "employee-edit", key: "E", label: t`Editar el empleado abierto`, run: () => go({ editar: true }) }] : []),
        { id: "search", key: "/", label: t`Buscar empleados`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    const drawer =
        search.persona === "nueva" && mayChange ? (
            <EmployeeForm onClose={close} onSaved={(saved) => go({ persona: saved.id, editar: undefined }, true)} />
        ) : current && search.editar && mayChange ? (
            <EmployeeForm key={current.id} employee={current} onClose={() => go({ editar: undefined })} onSaved={() => go({ editar: undefined })} />
        ) : current ? (
            <EmployeeDrawer key={current.id} employee={current} onClose={close} onEdit={() => go({ editar: true })} />
        ) : undefined;
    const filtered = search.q !== undefined || search.grupo !== undefined;
    return (
        <Page
            section={t`Equipo`}
            title={t`Empleados`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ persona: "nueva", editar: undefined })}>
                        <Trans>Nuevo empleado</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={drawer}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar empleados`} placeholder={t`Nombre o número`} value={search.q ?? ""} onChange={(q) => go({ q: q || undefined }, true)} />
                    <Select label={t`Grupo`} hideLabel options={[{ id: ALL, label: t`Todos los grupos` }, ...groupOptions(groups)]} value={search.grupo ?? ALL} onChange={(grupo) => go({ grupo: grupo === ALL ? undefined : grupo }, true)} />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# persona", other: "# personas" })}</span>
                </div>
                <Table
                    label={t`Empleados`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => `${fullName(one)}, ${one.number}`}
                    current={search.persona}
                    onOpen={(one) => go({ persona: one.id, editar: undefined })}
                    empty={
                        filtered ? (
                            <EmptyState title={t`Nadie con estos filtros`} acts={<Button onPress={() => go({ q: undefined, grupo: undefined })}>{t`Quitar filtros`}</Button>}>
                                {plural(employees.length, { one: "Hay # persona; los filtros la ocultan.", other: "Hay # personas; los filtros las ocultan." })}
                            </EmptyState>
                        ) : (
                            <EmptyState icon={Users} title={t`Todavía no hay empleados`} acts={mayChange && <Button icon={Plus} onPress={() => go({ persona: "nueva" })}>{t`Nuevo empleado`}</Button>}>
                                <Trans>Cada persona que trabaja en campo necesita un número, un grupo y un PIN para abrir su turno en un teléfono.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
