import type { AdapterOptions } from '@lameduck/core'
import { ConfigurableModuleBuilder } from '@nestjs/common'

/** The options of {@link GracefulModule}: the same as of every adapter. */
export interface GracefulModuleOptions extends AdapterOptions {}

/** A class that makes the options: for `forRootAsync({ useClass })` and `useExisting`. */
export interface GracefulOptionsFactory {
  createGracefulOptions(): GracefulModuleOptions | Promise<GracefulModuleOptions>
}

const builder = new ConfigurableModuleBuilder<GracefulModuleOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createGracefulOptions')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build()

/** Gives `forRoot` and `forRootAsync`. */
export const ConfigurableModule: typeof builder.ConfigurableModuleClass = builder.ConfigurableModuleClass

/** Where the options are injected from. */
export const OPTIONS: string | symbol = builder.MODULE_OPTIONS_TOKEN
