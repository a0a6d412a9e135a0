// One employee: the facts, the phone in use, the messages, and what can be done.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { KeyRound, Pencil, Smartphone, UserX } from "lucide-react";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { type Employee, employeeProfilesQuery, employeesQuery, fullName, groupsQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, say, Status } from "~/ui";
import { Conversation } from "./Conversation";
import { PinDialog } from "./PinDialog";
import { installationsQuery, sessionsQuery } from "./queries";

export function EmployeeDrawer({ employee, onClose, onEdit }: { employee: Employee; onClose: () => void; onEdit: () => void }) {
    const { t } = useLingui();
    const groups = useSuspenseQuery(groupsQuery()).data;
    const profiles = useSuspenseQuery(employeeProfilesQuery()).data;
    const employees = useSuspenseQuery(employeesQuery()).data;
    const mayChange = useMay("manage_employees");
    const mayMessages = useMay("view_messages");
    const maySessions = useMay("view_entries");
    const [asked, ask] = useState<"pin" | "leave" | null>(null);
    const name = fullName(employee);
    const leaving = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/employees/{reference}", { params: { path: { reference: employee.id }, header: { "If-Match": String(employee.version) } } })),
        onSuccess: async () => {
            say(t`${name} ya no trabaja aquí`);
            onClose();
            await queries.invalidateQueries({ queryKey: ["employees"] });
        },
    });
    const problem = leaving.error ? refusalOf(leaving.error).problem : undefined;
    const manager = employees.find(({ id }) => id === employee.manager);
    return (
        <Drawer
            subject={employee.id}
            title={name}
            top={<span className="id">{employee.number}</span>}
            onClose={onClose}
            head={
                mayChange && (
                    <div className="dr-acts">
                        <Button small icon={Pencil} keyName="E" onPress={onEdit}>
                            <Trans>Editar</Trans>
                        </Button>
                        <Button small icon={KeyRound} onPress={() => ask("pin")}>
                            <Trans>PIN…</Trans>
                        </Button>
                        <Button small look="quiet" icon={UserX} onPress={() => ask("leave")}>
                            <Trans>Dar de baja…</Trans>
                        </Button>
                    </div>
                )
            }
        >
            {problem && <ErrorSummary key={leaving.submittedAt} title={problem.title} detail={problem.detail} />}
            {maySessions && <InUse employee={employee.id} />}
            <KeyValues
                facts={[
                    [t`Grupo`, groups.find(({ id }) => id === employee.group)?.name],
                    [t`Perfil`, profiles.find(({ id }) => id === employee.profile)?.name],
                    [t`Jefe`, manager && fullName(manager)],
                    [t`Teléfono`, employee.phone_number],
                    [t`Correo`, employee.email],
                    [t`Establecimiento`, employee.establishment],
                    [t`Zona horaria`, employee.zone],
                    [t`Idioma`, employee.language && { es: t`Español`, en: t`Inglés` }[employee.language]],
                    [t`Habilidades`, (employee.skills ?? []).map((skill) => skill.name).join(" · ")],
                    ...Object.entries((employee.custom ?? {}) as Record<string, string>).map(([key, value]): [string, string] => [key, value]),
                ]}
            />
            {mayMessages && <Conversation employee={employee.id} name={name} />}
            {asked === "pin" && <PinDialog employee={employee} onClose={() => ask(null)} />}
            {asked === "leave" && (
                <Confirm title={t`¿Dar de baja a ${name}?`} act={t`Dar de baja`} pending={leaving.isPending} onClose={() => ask(null)} onAct={() => { ask(null); leaving.mutate(); }}>
                    <p>
                        <Trans>Deja de poder abrir turnos en los teléfonos y ya no recibe tareas. Su historia queda: las marcaciones, tareas y formularios siguen a su nombre. El número queda libre.</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}

function InUse({ employee }: { employee: string }) {
    const { t } = useLingui();
    const format = useFormat();
    const sessions = useQuery(sessionsQuery({ employee }));
    const installations = useQuery({ ...installationsQuery(), enabled: useMay("manage_installations") });
    const session = sessions.data?.[0];
    if (!session) return null;
    const phone = installations.data?.find(({ id }) => id === session.installation)?.name;
    const since = format.moment(session.opened_at);
    return (
        <Status family="on-phone" icon={Smartphone} pill>
            {phone ? t`Con sesión en ${phone} desde ${since}` : t`Con sesión en un teléfono desde ${since}`}
        </Status>
    );
}
