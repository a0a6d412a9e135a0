// One phone: what it said of itself, who may use it, and the two ways to shut it out.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban, KeyRound, Pencil, ShieldAlert, Users } from "lucide-react";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { EditForm, useEditing } from "~/app/editing";
import { useFormat } from "~/app/format";
import { markLabel } from "~/app/kinds";
import { employeeOptions, employeesQuery, groupOptions, groupsQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Confirm, Dialog, Drawer, ErrorSummary, KeyValues, Note, PickMany, say, Status, TextField } from "~/ui";
import { PhoneState, silentDays } from "./PhoneState";
import { type Installation, installationsQuery, rosterQuery } from "./queries";
import "./equipo.css";

type Asked = "edit" | "roster" | "revoke" | "stolen";

export function PhoneDrawer({ phone, onClose }: { phone: Installation; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const [asked, ask] = useState<Asked | null>(null);
    const name = phone.name || phone.code;
    const path = { installation: phone.id };
    const ending = useMutation({
        mutationFn: (how: "revoke" | "stolen") => answer(how === "revoke" ? api.POST("/v1/installations/{installation}/revoke", { params: { path } }) : api.POST("/v1/installations/{installation}/stolen", { params: { path } })),
        onSuccess: async (_, how) => {
            ask(null);
            say(how === "revoke" ? t`${name} está dado de baja` : t`${name} está marcado como robado: se borra solo`);
            await queries.invalidateQueries({ queryKey: ["installations"] });
        },
        onError: () => ask(null),
    });
    const problem = ending.error ? refusalOf(ending.error).problem : undefined;
    const unsent = phone.unsent;
    const days = silentDays(phone);
    return (
        <Drawer
            subject={phone.id}
            title={name}
            top={<PhoneState phone={phone} pill />}
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={Pencil} onPress={() => ask("edit")}>
                        <Trans>Editar…</Trans>
                    </Button>
                    {phone.state === "active" && (
                        <Button small icon={Ban} onPress={() => ask("revoke")}>
                            <Trans>Dar de baja…</Trans>
                        </Button>
                    )}
                    {phone.state !== "stolen" && (
                        <Button small look="quiet" icon={ShieldAlert} onPress={() => ask("stolen")}>
                            <Trans>Lo robaron…</Trans>
                        </Button>
                    )}
                </div>
            }
        >
            {problem && <ErrorSummary key={ending.submittedAt} title={problem.title} detail={problem.detail} />}
            {phone.state === "active" && days >= 1 && (
                <Note kind="wait">{plural(days, { one: "No se sabe nada de él desde hace # día. Puede estar apagado, sin red, o perdido: pregunte a quien lo lleva.", other: "No se sabe nada de él desde hace # días. Puede estar apagado, sin red, o perdido: pregunte a quien lo lleva." })}</Note>
            )}
            {phone.marks.map((mark) => (
                <Note key={mark} kind="late">
                    {markLabel(mark)}
                </Note>
            ))}
            <KeyValues
                facts={[
                    [t`Última noticia`, phone.heard_at ? format.moment(phone.heard_at) : t`Nunca`],
                    [t`Por enviar`, unsent && (unsent.entries + unsent.files === 0 ? t`Nada` : t`${unsent.entries} entradas y ${unsent.files} archivos`)],
                    [t`Lo más antiguo`, unsent?.oldest_at && format.moment(unsent.oldest_at)],
                    [t`Modelo`, phone.device.model],
                    [t`Sistema`, [phone.device.platform, phone.device.os_version].filter(Boolean).join(" ")],
                    [t`Versión`, phone.device.app_version],
                    [t`Código`, phone.code === phone.id ? undefined : phone.code],
                    [t`Inscrito`, format.moment(phone.enrolled_at)],
                    [t`De baja desde`, phone.revoked_at && format.moment(phone.revoked_at)],
                ]}
            />
            <RosterOf phone={phone} onChange={() => ask("roster")} />
            {asked === "edit" && <PhoneEdit phone={phone} onClose={() => ask(null)} />}
            {asked === "roster" && <RosterDialog phone={phone} onClose={() => ask(null)} />}
            {asked === "revoke" && (
                <Confirm title={t`¿Dar de baja ${name}?`} act={t`Dar de baja`} pending={ending.isPending} onAct={() => ending.mutate("revoke")} onClose={() => ask(null)}>
                    <p>
                        <Trans>Desde ahora no recibe nada. Durante 60 días todavía puede entregar lo que registró antes, que llega marcado. Para volver a usarlo hay que inscribirlo de nuevo.</Trans>
                    </p>
                </Confirm>
            )}
            {asked === "stolen" && (
                <Confirm title={t`¿Robaron ${name}?`} act={t`Marcar como robado`} pending={ending.isPending} onAct={() => ending.mutate("stolen")} onClose={() => ask(null)}>
                    <p>
                        <Trans>Desde ahora se rechaza todo lo que mande, y la aplicación borra lo que tiene en cuanto se conecta. Lo que no había enviado se pierde.</Trans>
                    </p>
                    {unsent && unsent.entries > 0 && <Note kind="late">{t`Dijo que tenía ${unsent.entries} entradas por enviar.`}</Note>}
                </Confirm>
            )}
        </Drawer>
    );
}

function RosterOf({ phone, onChange }: { phone: Installation; onChange: () => void }) {
    const { t } = useLingui();
    const roster = useQuery(rosterQuery(phone.id));
    const listed = roster.data?.listed ?? [];
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Quién puede usarlo</Trans> {roster.data && <span className="dim">{listed.length}</span>}
                </h3>
                <span className="grow" />
                <Button small icon={Users} onPress={onChange}>
                    <Trans>Cambiar…</Trans>
                </Button>
            </div>
            {roster.data && listed.length === 0 && (
                <p className="dim">
                    <Trans>Nadie todavía: sin personas nadie puede abrir turno en él.</Trans>
                </p>
            )}
            <ul className="roster-list">
                {listed.slice(0, 100).map((one) => (
                    <li key={one.id}>
                        <span className="grow cut" title={one.name} dir="auto">
                            {one.name} <small>{one.number}</small>
                        </span>
                        {!one.has_pin && (
                            <Status family="wait" icon={KeyRound}>
                                {t`Sin PIN`}
                            </Status>
                        )}
                    </li>
                ))}
            </ul>
        </>
    );
}

function PhoneEdit({ phone, onClose }: { phone: Installation; onClose: () => void }) {
    const { t } = useLingui();
    const path = { installation: phone.id };
    const editing = useEditing<{ name: string; code: string }, Installation>({
        place: `phone:${phone.id}`,
        object: phone,
        draftOf: (one) => ({ name: one?.name ?? "", code: one?.code ?? "" }),
        versionOf: (one) => one.version,
        bodyOf: ({ name, code }) => ({ name: name.trim(), code: code.trim() }),
        change: (changes, version) => answer(api.PATCH("/v1/installations/{installation}", { params: { path, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/installations/{installation}", { params: { path } })),
        saved: async (saved) => {
            say(t`${saved.name} guardado`);
            onClose();
            await queries.invalidateQueries({ queryKey: installationsQuery().queryKey });
        },
    });
    const { draft, set, errorAt } = editing;
    return (
        <Dialog
            title={t`Editar el teléfono`}
            open
            keep
            onClose={onClose}
            foot={
                <Button look="primary" type="submit" form="phone-form" pending={editing.pending}>
                    <Trans>Guardar</Trans>
                </Button>
            }
        >
            <EditForm id="phone-form" editing={editing} labels={{ name: t`Nombre`, code: t`Código` }}>
                <TextField label={t`Nombre`} name="name" value={draft.name} onChange={(name) => set({ name })} error={errorAt("name")} autoFocus />
                <TextField label={t`Código`} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} />
            </EditForm>
        </Dialog>
    );
}

function RosterDialog({ phone, onClose }: { phone: Installation; onClose: () => void }) {
    const { t } = useLingui();
    const roster = useQuery(rosterQuery(phone.id));
    if (!roster.data) return null;
    return <RosterForm phone={phone} start={roster.data} onClose={onClose} title={t`Quién puede usar ${phone.name || phone.code}`} />;
}

function RosterForm({ phone, start, title, onClose }: { phone: Installation; start: { groups: string[]; employees: string[] }; title: string; onClose: () => void }) {
    const { t } = useLingui();
    const [members, setMembers] = useState({ groups: start.groups, employees: start.employees });
    const saving = useMutation({
        mutationFn: () => answer(api.PUT("/v1/installations/{installation}/roster", { params: { path: { installation: phone.id }, header: { "If-Match": String(phone.version) } }, body: members })),
        onSuccess: async (saved) => {
            say(plural(saved.listed.length, { one: "# persona puede usarlo", other: "# personas pueden usarlo" }));
            onClose();
            await queries.invalidateQueries({ queryKey: ["installations"] });
        },
    });
    const problem = saving.error ? refusalOf(saving.error).problem : undefined;
    return (
        <Dialog
            title={title}
            open
            keep
            onClose={onClose}
            foot={
                <Button look="primary" pending={saving.isPending} onPress={() => saving.mutate()}>
                    <Trans>Guardar</Trans>
                </Button>
            }
        >
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} />}
            <Members members={members} onChange={setMembers} help={t`Todos los de cada grupo y de los que están debajo, también los que lleguen después.`} />
        </Dialog>
    );
}

/** Groups and employees by themselves. */
export function Members({ members, onChange, help }: { members: { groups: string[]; employees: string[] }; onChange: (members: { groups: string[]; employees: string[] }) => void; help?: string }) {
    const { t } = useLingui();
    const may = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: may });
    const employees = useQuery({ ...employeesQuery(), enabled: may });
    if (!may) return <Note>{t`Para elegir personas su perfil necesita «Ver empleados».`}</Note>;
    return (
        <>
            <PickMany label={t`Grupos`} name="groups" options={groupOptions(groups.data ?? [])} values={members.groups} onChange={(next) => onChange({ ...members, groups: next })} help={help} optional />
            <PickMany label={t`Personas`} name="employees" options={employeeOptions(employees.data ?? [])} values={members.employees} onChange={(next) => onChange({ ...members, employees: next })} optional />
        </>
    );
}
