// An employee that is written or changed.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { answer, api } from "~/api/client";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { type Employee, employeeOptions, employeeProfilesQuery, employeesQuery, fullName, groupOptions, groupsQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { useWho } from "~/app/session";
import { Combo, Drawer, say, Select, TextArea, TextField } from "~/ui";
import { zones } from "~/ui/zones";

type Draft = { number: string; first_name: string; last_name: string; group: string | null; profile: string | null; manager: string | null; establishment: string; phone_number: string; email: string; language: string | null; zone: string | null; skills: string };

const draftOf = (one?: Employee): Draft => ({
    number: one?.number ?? "",
    first_name: one?.first_name ?? "",
    last_name: one?.last_name ?? "",
    group: one?.group ?? null,
    profile: one?.profile ?? null,
    manager: one?.manager ?? null,
    establishment: one?.establishment ?? "",
    phone_number: one?.phone_number ?? "",
    email: one?.email ?? "",
    language: one?.language ?? null,
    zone: one?.zone ?? null,
    skills: (one?.skills ?? []).map(({ code, name }) => (code === name ? name : `${code} = ${name}`)).join("\n"),
});

const skillsOf = (text: string) =>
    text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean)
        .map((line) => {
            const [code = "", ...name] = line.split("=").map((part) => part.trim());
            return { code, name: name.join(" = ") || code };
        });

function bodyOf({ skills, ...draft }: Draft) {
    const filled = Object.entries(draft).map(([name, value]) => [name, typeof value === "string" ? value.trim() || undefined : (value ?? undefined)] as const);
    return { ...Object.fromEntries(filled.filter(([, value]) => value !== undefined)), ...(skills.trim() ? { skills: skillsOf(skills) } : {}) };
}

export function EmployeeForm({ employee, onClose, onSaved }: { employee?: Employee; onClose: () => void; onSaved: (saved: Employee) => void }) {
    const { t } = useLingui();
    const { account } = useWho();
    const groups = useSuspenseQuery(groupsQuery()).data;
    const profiles = useSuspenseQuery(employeeProfilesQuery()).data;
    const employees = useSuspenseQuery(employeesQuery()).data;
    const reference = employee?.id ?? "";
    const editing = useEditing<Draft, Employee>({
        place: `employee:${employee?.id ?? "new"}`,
        object: employee,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: (body, once) => answer(api.POST("/v1/employees", { params: { header: once }, body: body as never })),
        change: (changes, version) => answer(api.PATCH("/v1/employees/{reference}", { params: { path: { reference }, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/employees/{reference}", { params: { path: { reference } } })),
        saved: async (saved) => {
            say(employee ? t`${fullName(saved)}: guardado` : t`${fullName(saved)} está en el equipo`);
            await queries.invalidateQueries({ queryKey: ["employees"] });
            onSaved(saved);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { number: t`Número`, first_name: t`Nombre`, last_name: t`Apellidos`, group: t`Grupo`, profile: t`Perfil`, manager: t`Jefe`, establishment: t`Establecimiento`, phone_number: t`Teléfono`, email: t`Correo`, language: t`Idioma de la aplicación`, zone: t`Zona horaria`, skills: t`Habilidades` };
    return (
        <Drawer subject={employee?.id ?? "new"} title={employee ? fullName(employee) : t`Nuevo empleado`} onClose={onClose} foot={<EditActs form="employee-form" editing={editing} label={employee ? undefined : t`Agregar al equipo`} onDiscard={onClose} />}>
            {groups.length === 0 && (
                <p>
                    <Trans>Antes hace falta un grupo: cada empleado pertenece a uno.</Trans>
                </p>
            )}
            <EditForm id="employee-form" editing={editing} labels={labels}>
                <div className="form-pair">
                    <TextField label={labels.first_name!} name="first_name" value={draft.first_name} onChange={(first_name) => set({ first_name })} error={errorAt("first_name")} autoFocus={!employee} />
                    <TextField label={labels.last_name!} name="last_name" value={draft.last_name} onChange={(last_name) => set({ last_name })} error={errorAt("last_name")} />
                </div>
                <TextField label={labels.number!} name="number" value={draft.number} onChange={(number) => set({ number })} required error={errorAt("number")} help={t`El de su empresa: así lo nombran las hojas de cálculo y los otros sistemas.`} />
                <div className="form-pair">
                    <Select label={labels.group!} name="group" options={groupOptions(groups)} value={draft.group} onChange={(group) => set({ group })} required error={errorAt("group")} />
                    <Select label={labels.profile!} name="profile" options={profiles.map(({ id, name }) => ({ id, label: name }))} value={draft.profile} onChange={(profile) => set({ profile })} optional error={errorAt("profile")} />
                </div>
                <div className="form-pair">
                    <TextField label={labels.phone_number!} name="phone_number" type="tel" value={draft.phone_number} onChange={(phone_number) => set({ phone_number })} optional error={errorAt("phone_number")} />
                    <TextField label={labels.email!} name="email" type="email" value={draft.email} onChange={(email) => set({ email })} optional error={errorAt("email")} />
                </div>
                <TextField label={labels.establishment!} name="establishment" value={draft.establishment} onChange={(establishment) => set({ establishment })} optional error={errorAt("establishment")} help={t`El código del establecimiento en cuya cadena quedan sus marcaciones.`} />
                <Combo label={labels.manager!} name="manager" options={employeeOptions(employees.filter(({ id }) => id !== employee?.id))} value={draft.manager} onChange={(manager) => set({ manager })} optional error={errorAt("manager")} />
                <div className="form-pair">
                    <Select label={labels.language!} name="language" options={[{ id: "es", label: t`Español` }, { id: "en", label: t`Inglés` }]} value={draft.language} onChange={(language) => set({ language })} optional error={errorAt("language")} />
                    <Combo label={labels.zone!} name="zone" options={zones()} value={draft.zone} onChange={(zone) => set({ zone })} optional error={errorAt("zone")} placeholder={account.zone} />
                </div>
                <TextArea label={labels.skills!} name="skills" value={draft.skills} onChange={(skills) => set({ skills })} optional rows={2} error={errorAt("skills")} help={t`Una por línea; con código propio, «ALT = Trabajo en altura».`} />
            </EditForm>
        </Drawer>
    );
}

