// What the page of notifications asks the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, ifMatch, idempotencyKey } from "~/api/client";

export type Channel = Schemas["Channel"];
export type Delivery = Schemas["Delivery"];
export type Tested = Schemas["ChannelTested"];

export const channelsQuery = () =>
    queryOptions({
        queryKey: ["channels", "all"],
        queryFn: ({ signal }) => everyPage<Channel>((after) => answer(api.GET("/v1/channels", { params: { query: { after, limit: 500 } }, signal }))),
    });

export const deliveriesQuery = (channel: string, state?: Delivery["state"]) =>
    infiniteQueryOptions({
        queryKey: ["deliveries", channel, state ?? "all"],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/channels/{channel}/deliveries", { params: { path: { channel }, query: { state, after: pageParam, limit: 50 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

const at = (channel: string) => ({ path: { channel } });

export const makeChannel = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/channels", { params: { header: once }, body: body as never }));
export const oneChannel = (channel: string) => answer(api.GET("/v1/channels/{channel}", { params: at(channel) }));
export const changeChannel = (channel: string, changes: unknown, version: number) =>
    answer(api.PATCH("/v1/channels/{channel}", { params: { ...at(channel), header: ifMatch(version) }, body: changes as never, headers: { "Content-Type": "application/merge-patch+json" } }));
export const removeChannel = (channel: string, version: number) => answer(api.DELETE("/v1/channels/{channel}", { params: { ...at(channel), header: ifMatch(version) } }));
export const setHeaders = (channel: string, headers: Record<string, string>) => answer(api.PUT("/v1/channels/{channel}/headers", { params: at(channel), body: { headers } }));
export const rotateSecret = (channel: string, overlap_hours: number) => answer(api.POST("/v1/channels/{channel}/rotate", { params: at(channel), body: { overlap_hours } }));
export const testChannel = (channel: string) => answer(api.POST("/v1/channels/{channel}/test", { params: at(channel) }));
export const askRecipient = (channel: string, email: string) => answer(api.POST("/v1/channels/{channel}/recipients/link", { params: at(channel), body: { email } }));
export const replayFrom = (channel: string, from: { position: number } | { time: string }) => answer(api.POST("/v1/channels/{channel}/replay", { params: at(channel), body: from as never }));
export const retryAll = (channel: string) => answer(api.POST("/v1/channels/{channel}/deliveries/retry", { params: at(channel) }));
export const retryOne = (channel: string, event: string) => answer(api.POST("/v1/channels/{channel}/deliveries/{event}/retry", { params: { path: { channel, event } } }));
export const dropOne = (channel: string, event: string) => answer(api.DELETE("/v1/channels/{channel}/deliveries/{event}", { params: { path: { channel, event } } }));
