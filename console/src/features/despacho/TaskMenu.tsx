// The acts of a row, at the pointer or below the row.
import { useLingui } from "@lingui/react/macro";
import { CircleDot, Copy, ExternalLink, UserMinus, UserPlus } from "lucide-react";
import { useRef } from "react";
import { Popover } from "react-aria-components";
import { copy, MenuList, type MenuAct } from "~/ui";
import { isOver } from "./model";
import type { Task } from "./queries";

type Props = { task: Task; place: { x: number; y: number }; mayManage: boolean; onClose: () => void; onOpen: (task: Task) => void; onAssign: (task: Task) => void; onStatus: (task: Task) => void; onUnassign: (task: Task) => void };

export function TaskMenu({ task, place, mayManage, onClose, onOpen, onAssign, onStatus, onUnassign }: Props) {
    const { t } = useLingui();
    const spot = useRef<HTMLSpanElement>(null);
    const over = isOver(task) ? t`Ya terminó.` : undefined;
    const acts: (MenuAct | "line")[] = [
        { id: "open", label: t`Abrir`, icon: ExternalLink, keyName: "Enter", run: () => onOpen(task) },
        ...(mayManage
            ? ([
                  { id: "assign", label: t`Asignar a…`, icon: UserPlus, keyName: "A", reason: over, run: () => onAssign(task) },
                  { id: "unassign", label: t`Dejar sin asignar`, icon: UserMinus, reason: over ?? (task.progress.assignments.length === 0 ? t`Nadie la tiene.` : undefined), run: () => onUnassign(task) },
                  { id: "status", label: t`Cambiar estado…`, icon: CircleDot, keyName: "S", run: () => onStatus(task) },
              ] as MenuAct[])
            : []),
        "line",
        { id: "copy", label: t`Copiar el número`, icon: Copy, run: () => void copy(String(task.task_number ?? "")) },
    ];
    return (
        <>
            <span ref={spot} style={{ position: "fixed", left: place.x, top: place.y, width: 1, height: 1 }} aria-hidden />
            <Popover className="popover" triggerRef={spot} isOpen onOpenChange={(isOpen) => !isOpen && onClose()} placement="bottom start" offset={2}>
                <MenuList label={t`Acciones de ${task.task_number}`} acts={acts} onClose={onClose} />
            </Popover>
        </>
    );
}
