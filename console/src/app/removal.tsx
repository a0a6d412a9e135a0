// One way to take an object out of use: the message that says so can put it back.
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { Button, say } from "~/ui";

export type RemovalOf<T> = {
    remove: () => Promise<unknown>;
    /** The object as it is now. */
    one: () => Promise<T>;
    restore: (gone: T) => Promise<unknown>;
    /** Asks the lists anew that show it. */
    again: () => Promise<unknown>;
    saidGone: (gone: T) => string;
    saidBack: (gone: T) => string;
    /** Leaves the page of what is out of use. */
    onGone: () => void;
};

export function useRemoval<T>({ remove, one, restore, again, saidGone, saidBack, onGone }: RemovalOf<T>) {
    const removal = useMutation({
        mutationFn: async () => {
            await remove();
            return one();
        },
        onSuccess: async (gone) => {
            say(saidGone(gone), async () => {
                await restore(gone);
                await again();
                say(saidBack(gone));
            });
            onGone();
            await again();
        },
    });
    const problem = removal.error ? refusalOf(removal.error).problem : undefined;
    return { remove: () => removal.mutate(), isPending: removal.isPending, submittedAt: removal.submittedAt, problem };
}

/** Under what one sees: the button that takes it out of use. */
export function RemovalAct({ removal }: { removal: Pick<ReturnType<typeof useRemoval>, "remove" | "isPending"> }) {
    return (
        <div className="form-acts">
            <Button small look="quiet" icon={Trash2} pending={removal.isPending} onPress={removal.remove}>
                <Trans>Dejar fuera de uso</Trans>
            </Button>
        </div>
    );
}

export type FinalRemovalOf = {
    remove: () => Promise<unknown>;
    said: string;
    /** Asks the lists anew that show it. */
    again: () => Promise<unknown>;
    /** Leaves the page of what is gone. */
    onGone: () => void;
    /** Closes the question, whatever came of it. */
    onSettled: () => void;
};

/** One way to remove what cannot be put back, once a person said yes. */
export function useFinalRemoval({ remove, said, again, onGone, onSettled }: FinalRemovalOf) {
    return useMutation({
        mutationFn: remove,
        onSuccess: async () => {
            say(said);
            onGone();
            await again();
        },
        onSettled,
    });
}
