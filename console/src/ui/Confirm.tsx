// Asked beforehand only where there is no way back: what will happen, in words, and two answers.
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export function Confirm({ title, children, act, pending, onAct, onClose }: { title: string; children: ReactNode; act: string; pending?: boolean; onAct: () => void; onClose: () => void }) {
    return (
        <Dialog
            title={title}
            open
            alert
            onClose={onClose}
            leave
            foot={
                <Button look="primary" pending={pending} onPress={onAct}>
                    {act}
                </Button>
            }
        >
            {children}
        </Dialog>
    );
}
