// For whom something holds: the whole company, or groups and people.
import { Trans, useLingui } from "@lingui/react/macro";
import { plural } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { employeeOptions, employeesQuery, groupOptions, groupsQuery } from "~/app/people";
import { useMay } from "~/app/session";
import { Checkbox, PickMany } from "~/ui";

export type Whom = { whole_company: boolean; groups: string[]; employees: string[] };

export const whomOf = (one?: { whole_company?: boolean; groups?: string[]; employees?: string[] }): Whom => ({ whole_company: one ? (one.whole_company ?? false) : true, groups: one?.groups ?? [], employees: one?.employees ?? [] });

export const whomBody = ({ whole_company, groups, employees }: Whom) => (whole_company ? { whole_company, groups: [], employees: [] } : { whole_company, groups, employees });

export function WhoFor({ whom, onChange, errorAt }: { whom: Whom; onChange: (whom: Whom) => void; errorAt: (field: string) => string | undefined }) {
    const { t } = useLingui();
    const may = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: may }).data ?? [];
    const employees = useQuery({ ...employeesQuery(), enabled: may }).data ?? [];
    return (
        <fieldset>
            <legend>
                <Trans>Para quién</Trans>
            </legend>
            <Checkbox name="whole_company" selected={whom.whole_company} onChange={(whole_company) => onChange({ ...whom, whole_company })}>
                <Trans>Toda la empresa</Trans>
            </Checkbox>
            {errorAt("whole_company") && <span className="err">{errorAt("whole_company")}</span>}
            {!whom.whole_company && (
                <>
                    <PickMany label={t`Grupos`} name="groups" options={groupOptions(groups)} values={whom.groups} onChange={(next) => onChange({ ...whom, groups: next })} optional error={errorAt("groups")} />
                    <PickMany label={t`Personas`} name="employees" options={employeeOptions(employees)} values={whom.employees} onChange={(next) => onChange({ ...whom, employees: next })} optional error={errorAt("employees")} />
                </>
            )}
        </fieldset>
    );
}

/** "Toda la empresa", "Bogotá, 3 personas". */
export function useWhomWords(): (whom: Whom) => string {
    const { t } = useLingui();
    const groups = useQuery({ ...groupsQuery(), enabled: useMay("view_employees") }).data ?? [];
    const names = new Map(groups.map(({ id, name }) => [id, name]));
    return (whom) => (whom.whole_company ? t`Toda la empresa` : [...whom.groups.map((id) => names.get(id) ?? t`un grupo`), ...(whom.employees.length > 0 ? [plural(whom.employees.length, { one: "# persona", other: "# personas" })] : [])].join(", "));
}
