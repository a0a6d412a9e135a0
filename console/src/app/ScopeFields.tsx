// For whom something holds: the whole company, or some groups and people.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Note, PickMany, RadioGroup } from "~/ui";
import { employeeOptions, employeesQuery, fullName, groupOptions, groupsQuery } from "./people";
import type { Scoped, ScopeDraft } from "./scope";
import { useMay } from "./session";

export function ScopeFields({ draft, set, errorAt }: { draft: ScopeDraft; set: (change: Partial<ScopeDraft>) => void; errorAt: (field: string) => string | undefined }) {
    const { t } = useLingui();
    const maySee = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: maySee }).data ?? [];
    const employees = useQuery({ ...employeesQuery(), enabled: maySee }).data ?? [];
    return (
        <>
            <RadioGroup
                label={t`Para quién`}
                name="whole_company"
                options={[
                    { id: "all", label: t`Toda la empresa` },
                    { id: "some", label: t`Algunos grupos o personas` },
                ]}
                value={draft.whole ? "all" : "some"}
                onChange={(id) => set({ whole: id === "all" })}
                error={errorAt("whole_company")}
            />
            {!draft.whole && !maySee && (
                <Note kind="wait">
                    <Trans>Para elegirlos hace falta el permiso «Ver empleados».</Trans>
                </Note>
            )}
            {!draft.whole && maySee && (
                <>
                    <PickMany label={t`Grupos`} name="groups" options={groupOptions(groups)} values={draft.groups} onChange={(chosen) => set({ groups: chosen })} error={errorAt("groups")} help={t`Con los que estén debajo.`} optional />
                    <PickMany label={t`Personas`} name="employees" options={employeeOptions(employees)} values={draft.employees} onChange={(chosen) => set({ employees: chosen })} error={errorAt("employees")} optional />
                </>
            )}
        </>
    );
}

/** "Toda la empresa", "Bogotá · Sabana", "Bogotá · 3 personas". */
export function useScopeWords(): (one: Scoped) => string {
    const { t } = useLingui();
    const maySee = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: maySee }).data ?? [];
    const employees = useQuery({ ...employeesQuery(), enabled: maySee }).data ?? [];
    return (one) => {
        if (one.whole_company) return t`Toda la empresa`;
        const names = [...(one.groups ?? []).map((id) => groups.find((group) => group.id === id)?.name ?? id), ...(one.employees ?? []).map((id) => employees.find((each) => each.id === id)).flatMap((each) => (each ? [fullName(each)] : []))];
        return names.length > 3 ? t`${names.slice(0, 2).join(" · ")} y ${names.length - 2} más` : names.join(" · ");
    };
}
