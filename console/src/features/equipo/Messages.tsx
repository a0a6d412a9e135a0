// Messages with everybody, the last first; one conversation beside them.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowUpRight, MessageSquare, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { employeeOptions, employeesQuery, fullName, groupOptions, groupsQuery, withBelow } from "~/app/people";
import { useMay } from "~/app/session";
import { Button, type Column, Dialog, Drawer, EmptyState, PickMany, Status, Table } from "~/ui";
import { Conversation, Writer } from "./Conversation";
import { type Message, messagesQuery } from "./queries";

const route = getRouteApi("/equipo/mensajes");
/** The most that one request reaches. */
const MOST = 500;

export function Messages() {
    const { t } = useLingui();
    const format = useFormat();
    const { persona } = route.useSearch();
    const navigate = route.useNavigate();
    const messages = useSuspenseInfiniteQuery(messagesQuery());
    const employees = useQuery({ ...employeesQuery(), enabled: useMay("view_employees") });
    const maySend = useMay("send_messages") && employees.data !== undefined;
    const [writing, write] = useState(false);
    const rows = useMemo(() => messages.data.pages.flatMap((page) => page.items), [messages.data]);
    const names = useMemo(() => new Map((employees.data ?? []).map((one) => [one.id, fullName(one)])), [employees.data]);
    const nameOf = (id: string) => names.get(id) ?? t`Empleado`;
    const go = (next?: string) => void navigate({ search: { persona: next } });
    useActions(maySend ? [{ id: "message-new", key: "N", label: t`Nuevo mensaje`, run: () => write(true) }] : []);
    const direction = (one: Message) => (one.direction === "from_employee" ? t`Recibido` : t`Enviado`);
    const columns: Column<Message>[] = [
        { id: "direction", header: t`Sentido`, width: "104px", from: 480, cell: (one) => (one.direction === "from_employee" ? <Status family="on-phone" icon={ArrowDownLeft}>{direction(one)}</Status> : <Status family="done" icon={ArrowUpRight}>{direction(one)}</Status>), text: direction },
        { id: "employee", header: t`Persona`, width: "minmax(120px,1fr)", cell: (one) => <b>{nameOf(one.employee)}</b>, text: (one) => nameOf(one.employee) },
        { id: "text", header: t`Mensaje`, width: "minmax(140px,3fr)", cell: (one) => one.text, text: (one) => one.text },
        { id: "sent", header: t`Cuándo`, width: "104px", from: 420, cell: (one) => format.moment(one.sent_at), text: (one) => format.moment(one.sent_at) },
    ];
    const close = () => {
        const row = rows.find((one) => one.employee === persona);
        go();
        focusRow(row?.id);
    };
    return (
        <Page
            section={t`Equipo`}
            title={t`Mensajes`}
            className="page-fill"
            primary={
                maySend && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => write(true)}>
                        <Trans>Nuevo mensaje</Trans>
                    </Button>
                )
            }
        >
            <Beside
                drawer={
                    persona && (
                        <Drawer key={persona} subject={persona} title={nameOf(persona)} onClose={close}>
                            <Conversation employee={persona} name={nameOf(persona)} />
                        </Drawer>
                    )
                }
            >
                <Table
                    label={t`Mensajes`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => `${nameOf(one.employee)}: ${one.text}`}
                    rowClass={(one) => (one.employee === persona ? "is-current" : undefined)}
                    onOpen={(one) => go(one.employee)}
                    onEnd={() => messages.hasNextPage && !messages.isFetching && void messages.fetchNextPage()}
                    empty={
                        <EmptyState icon={MessageSquare} title={t`Todavía no hay mensajes`} acts={maySend && <Button icon={Plus} onPress={() => write(true)}>{t`Nuevo mensaje`}</Button>}>
                            <Trans>Lo que la oficina escribe llega al teléfono de cada persona en su próxima conexión; lo que responde aparece aquí.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {writing && <NewMessage onClose={() => write(false)} />}
        </Page>
    );
}

function NewMessage({ onClose }: { onClose: () => void }) {
    const { t } = useLingui();
    const may = useMay("view_employees");
    const employees = useQuery({ ...employeesQuery(), enabled: may }).data ?? [];
    const groups = useQuery({ ...groupsQuery(), enabled: may }).data ?? [];
    const [chosen, choose] = useState<{ people: string[]; groups: string[] }>({ people: [], groups: [] });
    const everybody = useMemo(() => {
        const inside = new Set(chosen.groups.flatMap((group) => [...withBelow(groups, group)]));
        return [...new Set([...chosen.people, ...employees.filter((one) => inside.has(one.group)).map(({ id }) => id)])];
    }, [chosen, groups, employees]);
    return (
        <Dialog title={t`Nuevo mensaje`} open keep onClose={onClose}>
            <PickMany label={t`Personas`} options={employeeOptions(employees)} values={chosen.people} onChange={(people) => choose({ ...chosen, people })} />
            <PickMany label={t`Grupos`} options={groupOptions(groups)} values={chosen.groups} onChange={(next) => choose({ ...chosen, groups: next })} optional />
            {everybody.length > 0 && <p className="dim">{plural(everybody.length, { one: "Le llega a # persona.", other: "Les llega a # personas." })}</p>}
            <Writer employees={everybody.slice(0, MOST)} place="new" label={t`Mensaje`} onSent={onClose} />
        </Dialog>
    );
}
